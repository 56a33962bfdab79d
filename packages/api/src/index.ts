export {
  type AttributeDifference,
  type ExplainGroups,
  type ExplainRequest,
  type ExplainSplit,
  type Explanation,
  explanation,
  type Suspect,
  type SuspectFigures,
  type SuspectKind,
  type TimeWindow,
} from "./explain.ts";
export { type FindingKinds, findingKinds } from "./finding-kinds.ts";
export { type Profile, type ProfileBand, type ProfileOperation, profile } from "./profile.ts";
export { type Attribute, attribute, type SpanDetail, spanDetail } from "./span-detail.ts";
export { type PacketDoorStatus, type Status, status } from "./status.ts";
export { type TraceList, type TraceListItem, traceList, traceListItem } from "./trace-list.ts";
export { type TracePage, tracePage } from "./trace-page.ts";
export { duration, type SpanRef, spanRef, unixNano } from "./units.ts";
export {
  type Bottleneck,
  type CriticalPathSection,
  type Finding,
  finding,
  type OperationFigures,
  type ServiceFigures,
  type Verdict,
  type VerdictError,
  verdict,
} from "./verdict.ts";
