export {
  type AppendOutcome,
  type SpanWriter,
  StoreUnavailable,
  type WriterStatus,
} from "./span-writer.ts";
export type {
  AttributeFilter,
  Operation,
  OperationQuery,
  StoredTrace,
  TraceQuery,
  TraceReader,
} from "./trace-reader.ts";
