// The parameters of Jaeger's v1 search, which Culprit's own list takes as well, and those that Culprit adds: filters by
// verdict, which clients of Jaeger do not send.
// https://www.jaegertracing.io/docs/1.76/apis/ and, for what is not documented there, Jaeger's query_parser.go

import { FINDING_KINDS } from "@culprit/analysis";
import type { AttributeFilter, TraceQuery, VerdictFilter } from "@culprit/store";
import { parseGoDuration } from "./go-duration.ts";
import { ParameterError } from "./parameter-error.ts";

export interface SearchDefaults {
  readonly limit: number;
  /** What a `limit` beyond {@link MAX_LIMIT} does: Jaeger's clients send large ones and mean "all". */
  readonly overMaxLimit: "cap" | "refuse";
  /** Where the search begins when neither `start` nor `lookback` is given; absent: at the beginning of time. */
  readonly lookbackMs?: number;
  readonly nowMs: number;
}

/** Traces of one answer: what Jaeger's UI offers at most. */
export const MAX_LIMIT = 1500;

/** Conditions on a span; when and how many are not among them. */
export const SPAN_PARAMETERS: readonly string[] = [
  "service",
  "operation",
  "minDuration",
  "maxDuration",
  "tag",
  "tags",
];
export const VERDICT_PARAMETERS: readonly string[] = ["bottleneck", "finding", "errorOrigin"];

/**
 * For questions that answer something else than was meant where a condition is misspelt: a list shows it, sums do not.
 * @throws ParameterError
 */
export function refuseUnknownParameters(
  parameters: URLSearchParams,
  known: readonly string[],
  message: (unknown: string) => string,
): void {
  for (const name of parameters.keys()) {
    if (!known.includes(name)) throw new ParameterError(message(name));
  }
}

/** @throws ParameterError */
export function parseTraceQuery(parameters: URLSearchParams, defaults: SearchDefaults): TraceQuery {
  const query: { -readonly [K in keyof TraceQuery]: TraceQuery[K] } = {
    ...timeRange(parameters, defaults),
    limit: limitOf(parameters, defaults),
  };
  const service = parameters.get("service") ?? "";
  if (service !== "") query.service = service;
  const operation = parameters.get("operation") ?? "";
  if (operation !== "") query.operation = operation;
  const min = durationParameter(parameters, "minDuration");
  const max = durationParameter(parameters, "maxDuration");
  if (min !== undefined && max !== undefined && max < min) {
    throw new ParameterError("'maxDuration' should be greater than 'minDuration'");
  }
  if (min !== undefined) query.durationMinNanos = min;
  if (max !== undefined) query.durationMaxNanos = max;
  const attributes = attributeFilters(parameters);
  if (attributes.length > 0) query.attributes = attributes;
  const verdict = verdictFilter(parameters);
  if (verdict !== undefined) query.verdict = verdict;
  return query;
}

function verdictFilter(parameters: URLSearchParams): VerdictFilter | undefined {
  const filter: { -readonly [K in keyof VerdictFilter]: VerdictFilter[K] } = {};
  const bottleneck = parameters.get("bottleneck") ?? "";
  if (bottleneck !== "") filter.bottleneckService = bottleneck;
  const finding = parameters.get("finding") ?? "";
  if (finding !== "") {
    if (!FINDING_KINDS.includes(finding)) {
      throw new ParameterError(
        `parameter 'finding' is one of ${FINDING_KINDS.join(", ")}; not "${finding}"`,
      );
    }
    filter.findingKind = finding;
  }
  const errorOrigin = parameters.get("errorOrigin") ?? "";
  if (errorOrigin !== "") filter.errorOrigin = errorOrigin;
  return Object.keys(filter).length === 0 ? undefined : filter;
}

function limitOf(
  parameters: URLSearchParams,
  { limit: defaultLimit, overMaxLimit }: SearchDefaults,
): number {
  const limit = integerParameter(parameters, "limit");
  // As in Jaeger: 0 or less means the default.
  if (limit === undefined || limit <= 0n) return defaultLimit;
  if (limit > BigInt(MAX_LIMIT) && overMaxLimit === "refuse") {
    throw new ParameterError(`parameter 'limit' is at most ${MAX_LIMIT}, not ${limit}`);
  }
  return Math.min(Number(limit), MAX_LIMIT);
}

function timeRange(
  parameters: URLSearchParams,
  { lookbackMs, nowMs }: SearchDefaults,
): Pick<TraceQuery, "startMinUnixNano" | "startMaxUnixNano"> {
  const startMicros = integerParameter(parameters, "start");
  const endMicros = integerParameter(parameters, "end");
  const nowNano = BigInt(nowMs) * 1_000_000n;
  const range: { startMinUnixNano?: bigint; startMaxUnixNano?: bigint } = {};
  if (endMicros !== undefined) range.startMaxUnixNano = endMicros * 1000n;
  const lookbackNano =
    lookbackParameter(parameters, startMicros !== undefined) ??
    (lookbackMs === undefined ? undefined : BigInt(lookbackMs) * 1_000_000n);
  if (startMicros !== undefined) range.startMinUnixNano = startMicros * 1000n;
  else if (lookbackNano !== undefined) {
    range.startMinUnixNano = (range.startMaxUnixNano ?? nowNano) - lookbackNano;
  }
  return range;
}

/** "1h", "2d", "1w". Jaeger's UI sends it beside start and end, also as "custom": then it says nothing more. */
function lookbackParameter(parameters: URLSearchParams, hasStart: boolean): bigint | undefined {
  const text = parameters.get("lookback") ?? "";
  if (text === "" || hasStart) return undefined;
  const days = /^(\d+)([dw])$/.exec(text);
  if (days !== null)
    return BigInt(days[1] ?? 0) * (days[2] === "w" ? 7n : 1n) * 86_400_000_000_000n;
  const nanos = parseGoDuration(text);
  if (nanos === undefined) throw new ParameterError(`unable to parse param 'lookback': ${text}`);
  return BigInt(nanos);
}

export function integerParameter(parameters: URLSearchParams, name: string): bigint | undefined {
  const text = parameters.get(name) ?? "";
  if (text === "") return undefined;
  if (!/^[+-]?\d{1,19}$/.test(text)) {
    throw new ParameterError(`unable to parse param '${name}': "${text}" is not an integer`);
  }
  return BigInt(text.replace(/^\+/, ""));
}

/** As Go's strconv.ParseBool reads it; false when absent. */
export function booleanParameter(parameters: URLSearchParams, name: string): boolean {
  const text = parameters.get(name) ?? "";
  if (["", "0", "f", "F", "false", "False", "FALSE"].includes(text)) return false;
  if (["1", "t", "T", "true", "True", "TRUE"].includes(text)) return true;
  throw new ParameterError(`unable to parse param '${name}': "${text}" is not a boolean`);
}

function durationParameter(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name) ?? "";
  if (text === "") return undefined;
  const nanos = parseGoDuration(text);
  if (nanos !== undefined) return nanos;
  const fault = /^[+-]?[\d.]+$/.test(text) ? "missing unit in duration" : "invalid duration";
  throw new ParameterError(`unable to parse param '${name}': ${fault} "${text}"`);
}

function attributeFilters(parameters: URLSearchParams): AttributeFilter[] {
  const filters: AttributeFilter[] = [];
  for (const tag of parameters.getAll("tag")) {
    const colon = tag.indexOf(":");
    if (colon < 0) {
      throw new ParameterError(`malformed 'tag' parameter, expecting key:value, received: ${tag}`);
    }
    filters.push(filterOf(tag.slice(0, colon), tag.slice(colon + 1)));
  }
  for (const text of parameters.getAll("tags")) {
    if (text === "") continue;
    for (const [key, value] of Object.entries(parseTags(text))) filters.push(filterOf(key, value));
  }
  return filters;
}

function parseTags(text: string): Record<string, string> {
  const malformed = (why: string): ParameterError =>
    new ParameterError(`malformed 'tags' parameter, cannot unmarshal JSON: ${why}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error));
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw malformed("expecting a map of strings");
  }
  for (const [key, value] of Object.entries(parsed)) {
    if (typeof value !== "string") throw malformed(`the value of "${key}" is not a string`);
  }
  return parsed as Record<string, string>;
}

/** What Jaeger adds to a span's tags is not stored as attributes. */
const JAEGER_KEYS: ReadonlyMap<string, string> = new Map([
  ["otel.scope.name", "scope.name"],
  ["otel.scope.version", "scope.version"],
  ["otel.status_code", "span.status"],
]);

function filterOf(key: string, value: string): AttributeFilter {
  return { key: JAEGER_KEYS.get(key) ?? key, value };
}
