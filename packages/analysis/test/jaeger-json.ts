// Just enough of Jaeger's JSON to read the published traces that pin the critical path. Ids stay as they are written.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AttributeValue, type Span, SpanKind } from "@culprit/trace-model";
import { resource, sketched } from "../../trace-model/test/sketched-span.ts";

export const FIXTURES: string = join(import.meta.dirname, "../../../../shared/fixtures");

interface JaegerTag {
  readonly key: string;
  readonly value: string | number | boolean;
}

interface JaegerSpan {
  readonly spanID: string;
  readonly operationName: string;
  readonly references?: readonly { readonly spanID: string }[];
  /** Microseconds. */
  readonly startTime: number;
  /** Microseconds. */
  readonly duration: number;
  readonly processID: string;
  readonly tags?: readonly JaegerTag[];
}

export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<
    Record<string, { readonly serviceName: string; readonly tags?: readonly JaegerTag[] }>
  >;
}

export function readFixture(path: string): unknown {
  return JSON.parse(readFileSync(join(FIXTURES, path), "utf8"));
}

export function jaegerSpans(trace: JaegerTrace): Span[] {
  const resources = new Map(
    Object.entries(trace.processes).map(([id, { serviceName, tags }]) => [
      id,
      resource({ ...attributes(tags), "service.name": serviceName }),
    ]),
  );
  return trace.spans.map((span) => {
    const start = BigInt(span.startTime) * 1000n;
    const tags = attributes(span.tags);
    const kind = tags["span.kind"];
    const shared = sketched({
      id: span.spanID,
      start,
      end: start + BigInt(span.duration) * 1000n,
      name: span.operationName,
      kind: SpanKind[(kind ?? "unspecified") as keyof typeof SpanKind],
      attributes: tags,
      resource: resources.get(span.processID) ?? resource({}),
    });
    return {
      ...shared,
      traceId: trace.traceID,
      spanId: span.spanID,
      parentSpanId: span.references?.[0]?.spanID ?? "",
    };
  });
}

function attributes(tags: readonly JaegerTag[] = []): Record<string, AttributeValue> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}
