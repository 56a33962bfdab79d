export {
  AttributeKeys,
  type Attributes,
  type AttributeValue,
  NO_ATTRIBUTES,
  type SearchedAttributes,
} from "./attribute.ts";
export { float64Column, int32Column, uint8Column } from "./columns.ts";
export { hexOf, putHex } from "./hex.ts";
export { SpanReplay } from "./replay-span.ts";
export { parseRfc3339 } from "./rfc3339.ts";
export {
  type DurationNanos,
  type Resource,
  type Scope,
  type Span,
  type SpanEvent,
  SpanKind,
  type SpanLink,
  StatusCode,
  serviceName,
  UNKNOWN_SERVICE,
  type UnixNanos,
} from "./span.ts";
export { SpanCollector } from "./span-collector.ts";
export type { SpanIdWords } from "./span-id-words.ts";
export { newSpanHead, type SpanHead, type SpanSink } from "./span-sink.ts";
export {
  MAX_NANOS,
  type SpanWarning,
  type Trace,
  type TraceOperation,
  unixNanosAt,
} from "./trace.ts";
export { assembleTrace } from "./trace-assembly.ts";
export { Failing, type TraceColumns } from "./trace-columns.ts";
export { groupByTrace } from "./trace-groups.ts";
export { withStarts } from "./trace-shift.ts";
