// Spans of OpenTelemetry as clients of other systems would send them.

import type { Span } from "@culprit/trace-model";
import { type ZipkinSpan, zipkinJsonOf } from "@culprit/wire";
import type { Batch } from "../packages/wire/test/jaeger-batch.ts";

const KINDS = ["", "internal", "server", "client", "producer", "consumer"];

/** As a Jaeger client would send it: kind and scope are tags as well. */
export function jaegerBatch(spans: readonly Span[]): Batch {
  const resource = spans[0]?.resource.attributes ?? new Map();
  return {
    process: {
      serviceName: String(resource.get("service.name")),
      tags: [...resource].map(([key, value]) => [key, String(value)] as const).slice(1),
    },
    spans: spans.map((span) => ({
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId || "0".repeat(16),
      name: span.name,
      references:
        span.parentSpanId === ""
          ? []
          : [{ refType: "CHILD_OF", traceId: span.traceId, spanId: span.parentSpanId }],
      flags: 1,
      startMicros: span.startUnixNano / 1000n,
      durationMicros: (span.endUnixNano - span.startUnixNano) / 1000n,
      tags: [
        ...[...span.attributes].map(([key, value]) => [key, value as string] as const),
        ["span.kind", KINDS[span.kind] ?? ""],
        ["otel.scope.name", span.scope.name],
        ["otel.scope.version", span.scope.version],
      ],
      logs: [],
    })),
  };
}

/** As a Zipkin client would send it: of the process it says the service alone. */
export function zipkinSpans(spans: readonly Span[]): ZipkinSpan[] {
  return zipkinJsonOf(
    spans.map((span) => {
      const service = span.resource.attributes.get("service.name") ?? "";
      const resource = { ...span.resource, attributes: new Map([["service.name", service]]) };
      return { ...span, resource, scope: { ...span.scope, name: "", version: "" } };
    }),
  );
}
