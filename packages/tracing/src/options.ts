import type { Attributes } from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import type { OtlpProtocol } from "./exporter.ts";

/**
 * What code may choose. The standard `OTEL_*` variables win over all of it, so that whoever runs the
 * application has the last word without a change of code.
 */
export interface TracingOptions {
  /** Default: the version in the package.json nearest to the program that was started. */
  readonly serviceVersion?: string;
  /** Further resource attributes, such as `deployment.environment.name`. */
  readonly resourceAttributes?: Attributes;
  /** Default `http/protobuf`. */
  readonly protocol?: OtlpProtocol;
  /** Base address as in `OTEL_EXPORTER_OTLP_ENDPOINT`; default `http://localhost:4318`, for gRPC 4317. */
  readonly endpoint?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of `instrumentationNames`; default all. */
  readonly instrumentations?: readonly string[];
  /** Instrumentation of your own, beside the built-in one. */
  readonly extraInstrumentations?: readonly Instrumentation[];
  /** How long a flush may hold up the end of the process; default 5000. */
  readonly shutdownTimeoutMs?: number;
  /** Flush when the process ends by itself, by SIGTERM or by SIGINT; default true. */
  readonly flushOnExit?: boolean;
}
