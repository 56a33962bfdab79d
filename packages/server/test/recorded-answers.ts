// What two real Jaegers answered to 165 requests over the same spans, and what is the same answer: arrays whose order
// Jaeger does not define are sets, processes are compared by content, warnings by span and number.

import assert from "node:assert/strict";
import { fixtureJson, skip } from "../../wire/test/shared-fixtures.ts";

export { skip };

export interface Exchange {
  /** Jaeger 1.76, or its main branch of August 2026. */
  readonly server: "v1" | "main";
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  readonly contentType: string | null;
  readonly answer: unknown;
}

function recorded(server: Exchange["server"], file: string): Exchange[] {
  const exchanges = fixtureJson(`jaeger-recorded/${file}`) as Exchange[];
  return exchanges.map((exchange) => ({ ...exchange, server }));
}

/** All of them; none where the fixtures are not. */
export const EXCHANGES: readonly Exchange[] =
  skip === false
    ? [...recorded("v1", "v1-answers.json"), ...recorded("main", "v3-answers.json")]
    : [];

export const OTLP_IN = "jaeger-recorded/otlp-in.json";

/** A JSON document's object; what is asked of it is checked by comparing it. */
export type Json = { readonly [key: string]: unknown };

/** The envelope of v1. */
export interface Envelope {
  readonly data: unknown;
  readonly total: number;
  readonly errors: readonly { readonly code?: number; readonly msg: string }[] | null;
}

export function assertSameEnvelope(actual: Envelope, expected: Envelope): void {
  assert.deepEqual(Object.keys(actual).sort(), ["data", "errors", "limit", "offset", "total"]);
  assert.deepEqual(canonical(actual.data), canonical(expected.data));
  assert.equal(actual.total, expected.total);
  assert.deepEqual(actual.errors, expected.errors);
}

function canonical(data: unknown): unknown {
  const items = data as Json[];
  return asSet(items.map((item) => (isTrace(item) ? canonicalTrace(item) : item)));
}

interface JaegerTraceJson {
  readonly traceID: string;
  readonly spans: readonly (Json & {
    readonly processID: string;
    readonly warnings: readonly string[] | null;
    readonly duration: number;
    readonly logs: readonly { readonly fields: readonly unknown[] }[];
    readonly tags: readonly unknown[];
    readonly references: readonly unknown[];
  })[];
  readonly processes: Readonly<Record<string, { readonly tags: readonly unknown[] }>>;
}

function isTrace(value: unknown): value is JaegerTraceJson {
  return typeof value === "object" && value !== null && "spans" in value;
}

function canonicalTrace(trace: JaegerTraceJson): unknown {
  const processes = Object.values(trace.processes).map((p) => ({ ...p, tags: asSet(p.tags) }));
  const spans = trace.spans.map(({ processID, ...span }) => {
    const process = trace.processes[processID];
    return {
      ...span,
      process: { ...process, tags: asSet(process?.tags ?? []) },
      warnings: span.duration === 0 ? 0 : (span.warnings?.length ?? 0),
      tags: asSet(span.tags),
      references: asSet(span.references),
      logs: asSet(span.logs.map((log) => ({ ...log, fields: asSet(log.fields) }))),
    };
  });
  return { ...trace, spans: asSet(spans), processes: asSet(processes) };
}

/** OTLP of v3, to be compared as OTLP: events as a set, warnings by number, none on a span that had no length. */
export function comparableOtlp(traces: Json): Json {
  const neutral = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(neutral);
    if (typeof value !== "object" || value === null) return value;
    const object = value as Json;
    return Object.fromEntries(
      Object.entries("startTimeUnixNano" in object ? withCounts(object) : object).map(
        ([key, held]) => [key, neutral(held)],
      ),
    );
  };
  return neutral(traces) as Json;
}

/** Jaeger's main branch gives a span without a length one nanosecond, and a warning. */
function withCounts(span: Json): Json {
  const start = BigInt(String(span["startTimeUnixNano"]));
  const hasNoLength = BigInt(String(span["endTimeUnixNano"])) - start <= 1n;
  const attributes = ((span["attributes"] ?? []) as { key: string; value: Json }[]).flatMap(
    ({ key, value }) => {
      if (key !== "@jaeger@warnings") return [{ key, value }];
      const { values } = value["arrayValue"] as { values: unknown[] };
      return hasNoLength ? [] : [{ key, value: { intValue: values.length } }];
    },
  );
  return {
    ...span,
    attributes,
    events: asSet((span["events"] ?? []) as unknown[]),
    ...(hasNoLength ? { endTimeUnixNano: String(start) } : {}),
  };
}

/** Summaries with their defaults left out, in no order. */
export function canonicalSummaries(answer: unknown): unknown {
  const withoutZeros = (object: Json): Json =>
    Object.fromEntries(Object.entries(object).filter(([, value]) => value !== 0));
  const { summaries } = answer as { summaries: (Json & { services: Json[] })[] };
  return asSet(
    summaries.map((summary) => ({
      ...withoutZeros(summary),
      services: summary.services.map(withoutZeros),
    })),
  );
}

/** Ids of the traces of any answer, sorted, each once. */
export function traceIdsOf(answer: unknown): string[] {
  const { data, summaries, result } = answer as {
    readonly data?: readonly { readonly traceID: string }[];
    readonly summaries?: readonly { readonly traceId: string }[];
    readonly result?: Traces;
  };
  const ids =
    data?.map(({ traceID }) => traceID.padStart(32, "0")) ??
    summaries?.map(({ traceId }) => traceId) ??
    traceIdsOfOtlp(result ?? { resourceSpans: [] });
  return [...new Set(ids)].sort();
}

interface Traces {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans?: readonly { readonly traceId: string }[] }[];
  }[];
}

function traceIdsOfOtlp({ resourceSpans }: Traces): string[] {
  return resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans = [] }) => spans.map(({ traceId }) => traceId)),
  );
}

export function asSet(items: readonly unknown[]): unknown[] {
  return items.map(sortKeys).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function sortKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
