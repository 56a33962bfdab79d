// A trace as Jaeger's v1 API and UI write it: times and durations in microseconds.
// https://github.com/jaegertracing/jaeger-ui (types/trace)

export interface JaegerTrace {
  /** 16 hex digits where the upper half is zero, else 32. */
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: { readonly [processID: string]: JaegerProcess };
  readonly warnings: readonly string[] | null;
}

export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  /** Absent when 0. */
  readonly flags?: number;
  readonly operationName: string;
  readonly references: readonly JaegerReference[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly JaegerTag[];
  readonly logs: readonly JaegerLog[];
  readonly processID: string;
  readonly warnings: readonly string[] | null;
}

export interface JaegerReference {
  readonly refType: "CHILD_OF" | "FOLLOWS_FROM";
  readonly traceID: string;
  readonly spanID: string;
}

export interface JaegerTag {
  readonly key: string;
  readonly type: "string" | "bool" | "int64" | "float64" | "binary";
  /** An int64 beyond 2^53 and a float64 that JSON cannot say are strings; binary is base64. */
  readonly value: string | boolean | number;
}

export interface JaegerLog {
  readonly timestamp: number;
  readonly fields: readonly JaegerTag[];
}

export interface JaegerProcess {
  readonly serviceName: string;
  readonly tags: readonly JaegerTag[];
}

/** Where Jaeger itself keeps a span's warnings in OTLP: an array of strings. */
export const WARNINGS_KEY = "@jaeger@warnings";
/** OpenTracing's kind of reference, kept on a link that was not simply FOLLOWS_FROM. */
export const REFERENCE_KEY = "opentracing.ref_type";
export const CHILD_OF = "child_of";
export const FOLLOWS_FROM = "follows_from";
