export type {
  Cohort,
  CohortAttributes,
  CohortQuery,
  CohortReader,
  SpanConditions,
  TimeRange,
} from "./cohort-reader.ts";
export type { Dependency, DependencyReader } from "./dependency-reader.ts";
export { hasGap, lateSpanIds, type StoredSpan } from "./late-spans.ts";
export type {
  CallCounts,
  CallLatencies,
  MetricSeries,
  MetricsQuery,
  MetricsReader,
} from "./metrics-reader.ts";
export { openEmbeddedStore, type Store, type StoreOptions } from "./open-store.ts";
export {
  MAX_UNJUDGED,
  type ProfileReader,
  type StoredProfile,
} from "./profile-reader.ts";
export type { ArrivalWindow, TracePiece } from "./quiet-traces.ts";
export { type Arrival, ColumnSpan, readTraces, type TraceRows } from "./span-rows.ts";
export {
  type AppendOutcome,
  type SpanWriter,
  StoreUnavailable,
  type WriterStatus,
} from "./span-writer.ts";
export { StatementTooLong } from "./statement-too-long.ts";
export { StoreOpenError } from "./store-open-error.ts";
export type { TopologyEntries } from "./topology-register.ts";
export type { TraceArchive } from "./trace-archive.ts";
export type {
  AttributeFilter,
  Operation,
  OperationQuery,
  StoredTrace,
  TracePlace,
  TraceQuery,
  TraceReader,
} from "./trace-reader.ts";
export { type Judging, VerdictBlock } from "./verdict-block.ts";
export type { VerdictLedger, VerdictRows } from "./verdict-ledger.ts";
export type {
  PathShare,
  StoredVerdict,
  VerdictFilter,
  VerdictQuery,
  VerdictReader,
} from "./verdict-store.ts";
