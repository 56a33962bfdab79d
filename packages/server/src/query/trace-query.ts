// A search as clients of Jaeger put it, by whichever API, as the store takes it.

import type { AttributeFilter, TraceQuery } from "@culprit/store";
import type { UnixNanos } from "@culprit/trace-model";

/** Traces of one answer: what Jaeger's UI offers at most. */
export const MAX_LIMIT = 1500;

/** Traces of an answer of v3 when no depth is given: Jaeger's own default. */
export const DEFAULT_SEARCH_DEPTH = 100;

/** An empty text and what is undefined are no condition. */
export interface SearchConditions {
  readonly service: string;
  readonly operation: string;
  readonly attributes: Iterable<readonly [key: string, value: string]>;
  readonly startMinUnixNano: UnixNanos | undefined;
  readonly startMaxUnixNano: UnixNanos | undefined;
  readonly durationMinNanos: number | undefined;
  readonly durationMaxNanos: number | undefined;
  readonly limit: number;
}

export function traceQueryOf(conditions: SearchConditions): TraceQuery {
  const { service, operation, limit, ...bounds } = conditions;
  const attributes = Array.from(conditions.attributes, filterOf);
  return {
    ...given("service", service === "" ? undefined : service),
    ...given("operation", operation === "" ? undefined : operation),
    ...given("startMinUnixNano", bounds.startMinUnixNano),
    ...given("startMaxUnixNano", bounds.startMaxUnixNano),
    ...given("durationMinNanos", bounds.durationMinNanos),
    ...given("durationMaxNanos", bounds.durationMaxNanos),
    ...given("attributes", attributes.length === 0 ? undefined : attributes),
    limit,
  };
}

function given<K extends keyof TraceQuery>(
  key: K,
  value: TraceQuery[K] | undefined,
): Pick<TraceQuery, K> | undefined {
  return value === undefined ? undefined : ({ [key]: value } as Pick<TraceQuery, K>);
}

/** What Jaeger adds to a span's tags is not stored as attributes. */
const JAEGER_KEYS: ReadonlyMap<string, string> = new Map([
  ["otel.scope.name", "scope.name"],
  ["otel.scope.version", "scope.version"],
  ["otel.status_code", "span.status"],
]);

function filterOf([key, value]: readonly [string, string]): AttributeFilter {
  return { key: JAEGER_KEYS.get(key) ?? key, value };
}
