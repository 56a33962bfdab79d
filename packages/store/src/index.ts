export type {
  Cohort,
  CohortAttributes,
  CohortQuery,
  CohortReader,
  SpanConditions,
  TimeRange,
} from "./cohort-reader.ts";
export { openEmbeddedStore, type Store, type StoreOptions } from "./open-store.ts";
export {
  type AppendOutcome,
  type SpanWriter,
  StoreUnavailable,
  type WriterStatus,
} from "./span-writer.ts";
export { StoreOpenError } from "./store-open-error.ts";
export type {
  AttributeFilter,
  FoundTrace,
  Operation,
  OperationQuery,
  StoredTrace,
  TracePlace,
  TraceQuery,
  TraceReader,
} from "./trace-reader.ts";
