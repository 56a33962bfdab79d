import { createRequire } from "node:module";
import type { Metadata } from "@grpc/grpc-js";
import { getStringFromEnv } from "@opentelemetry/core";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { ConsoleSpanExporter, type SpanExporter } from "@opentelemetry/sdk-trace-base";
import { ExportNotice } from "./export-notice.ts";
import type { TracingOptions } from "./options.ts";

export type OtlpProtocol = "http/protobuf" | "http/json" | "grpc";

/** The exporters that `OTEL_TRACES_EXPORTER` asks for; one over OTLP when it asks for nothing. */
export function createExporters(options: TracingOptions): SpanExporter[] {
  const wanted = (getStringFromEnv("OTEL_TRACES_EXPORTER") ?? "otlp").split(",");
  return wanted.flatMap((word) => {
    const name = word.trim();
    if (name === "none" || name === "") return [];
    if (name === "console") return [new ConsoleSpanExporter()];
    if (name !== "otlp") {
      say(`@culprit/tracing: OTEL_TRACES_EXPORTER=${name} is not known; "otlp" is used.`);
    }
    return [createOtlpExporter(options)];
  });
}

function createOtlpExporter(options: TracingOptions): SpanExporter {
  const protocol = protocolOf(options);
  const endpoint = endpointOf(protocol, options);
  const url = endpoint.url === undefined ? {} : { url: endpoint.url };
  const headers = headersAreInEnvironment() ? undefined : options.headers;
  return new ExportNotice(create(protocol, url, headers), endpoint.shown, say);
}

function create(
  protocol: OtlpProtocol,
  url: { url?: string },
  headers: Readonly<Record<string, string>> | undefined,
): SpanExporter {
  const withHeaders = headers === undefined ? {} : { headers: { ...headers } };
  switch (protocol) {
    case "http/json":
      return new JsonExporter({ ...url, ...withHeaders });
    case "http/protobuf":
      return new ProtobufExporter({ ...url, ...withHeaders });
    case "grpc":
      return new GrpcExporter(
        headers === undefined ? url : { ...url, metadata: toMetadata(headers) },
      );
  }
}

/** Loaded only when it is needed: gRPC is the largest part of the start-up time. */
function toMetadata(headers: Readonly<Record<string, string>>): Metadata {
  const grpc: typeof import("@grpc/grpc-js") = createRequire(import.meta.url)("@grpc/grpc-js");
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}

function protocolOf(options: TracingOptions): OtlpProtocol {
  const asked =
    getStringFromEnv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ??
    getStringFromEnv("OTEL_EXPORTER_OTLP_PROTOCOL") ??
    options.protocol ??
    "http/protobuf";
  if (asked === "grpc" || asked === "http/json" || asked === "http/protobuf") return asked;
  say(`@culprit/tracing: the OTLP protocol "${asked}" is not known; "http/protobuf" is used.`);
  return "http/protobuf";
}

/** `url` only when code chose it: the exporters read the environment themselves. */
function endpointOf(
  protocol: OtlpProtocol,
  options: TracingOptions,
): { url?: string; shown: string } {
  const own = getStringFromEnv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  if (own !== undefined) return { shown: own };
  const base = getStringFromEnv("OTEL_EXPORTER_OTLP_ENDPOINT");
  if (protocol === "grpc") {
    if (base !== undefined) return { shown: base };
    if (options.endpoint !== undefined) return { url: options.endpoint, shown: options.endpoint };
    return { shown: "http://localhost:4317" };
  }
  if (base !== undefined) return { shown: tracesUrl(base) };
  if (options.endpoint === undefined) return { shown: tracesUrl("http://localhost:4318") };
  const url = tracesUrl(options.endpoint);
  return { url, shown: url };
}

function tracesUrl(base: string): string {
  return `${base.replace(/\/+$/, "")}/v1/traces`;
}

function headersAreInEnvironment(): boolean {
  return (
    getStringFromEnv("OTEL_EXPORTER_OTLP_HEADERS") !== undefined ||
    getStringFromEnv("OTEL_EXPORTER_OTLP_TRACES_HEADERS") !== undefined
  );
}

/** One line on standard error, where it does not mix with what the application prints. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
