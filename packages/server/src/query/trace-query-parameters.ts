// The parameters of Jaeger's v1 search, which Culprit's own list takes as well, and those that Culprit adds: filters by
// verdict, which clients of Jaeger do not send.
// https://www.jaegertracing.io/docs/1.76/apis/ and, for what is not documented there, Jaeger's query_parser.go

import { FINDING_KINDS } from "@culprit/analysis";
import type { TraceQuery, VerdictFilter } from "@culprit/store";
import { parseGoDuration } from "./go-duration.ts";
import { ParameterError } from "./parameter-error.ts";
import { booleanOf, durationOf, integerOf, type Malformed, textMapOf } from "./parameter-values.ts";
import { MAX_LIMIT, type SearchConditions, traceQueryOf } from "./trace-query.ts";

export interface SearchDefaults {
  readonly limit: number;
  /** What a `limit` beyond {@link MAX_LIMIT} does: Jaeger's clients send large ones and mean "all". */
  readonly overMaxLimit: "cap" | "refuse";
  /** Where the search begins when neither `start` nor `lookback` is given; absent: at the beginning of time. */
  readonly lookbackMs?: number;
  readonly nowMs: number;
}

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
  const min = durationParameter(parameters, "minDuration");
  const max = durationParameter(parameters, "maxDuration");
  if (min !== undefined && max !== undefined && max < min) {
    throw new ParameterError("'maxDuration' should be greater than 'minDuration'");
  }
  const verdict = verdictFilter(parameters);
  const query = traceQueryOf({
    service: parameters.get("service") ?? "",
    operation: parameters.get("operation") ?? "",
    attributes: attributesOf(parameters),
    ...timeRange(parameters, defaults),
    durationMinNanos: min,
    durationMaxNanos: max,
    limit: limitOf(parameters, defaults),
  });
  return verdict === undefined ? query : { ...query, verdict };
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
): Pick<SearchConditions, "startMinUnixNano" | "startMaxUnixNano"> {
  const startMicros = integerParameter(parameters, "start");
  const endMicros = integerParameter(parameters, "end");
  const startMaxUnixNano = endMicros === undefined ? undefined : endMicros * 1000n;
  const lookbackNano =
    lookbackParameter(parameters, startMicros !== undefined) ??
    (lookbackMs === undefined ? undefined : BigInt(lookbackMs) * 1_000_000n);
  if (startMicros !== undefined) return { startMinUnixNano: startMicros * 1000n, startMaxUnixNano };
  const from = startMaxUnixNano ?? BigInt(nowMs) * 1_000_000n;
  const startMinUnixNano = lookbackNano === undefined ? undefined : from - lookbackNano;
  return { startMinUnixNano, startMaxUnixNano };
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
  return readParameter(parameters, name, integerOf);
}

/** False when absent. */
export function booleanParameter(parameters: URLSearchParams, name: string): boolean {
  return readParameter(parameters, name, booleanOf) ?? false;
}

function durationParameter(parameters: URLSearchParams, name: string): number | undefined {
  return readParameter(parameters, name, durationOf);
}

function readParameter<T>(
  parameters: URLSearchParams,
  name: string,
  read: (text: string, malformed: Malformed) => T,
): T | undefined {
  const text = parameters.get(name) ?? "";
  if (text === "") return undefined;
  return read(text, (fault) => new ParameterError(`unable to parse param '${name}': ${fault}`));
}

function attributesOf(parameters: URLSearchParams): [string, string][] {
  const attributes: [string, string][] = [];
  for (const tag of parameters.getAll("tag")) {
    const colon = tag.indexOf(":");
    if (colon < 0) {
      throw new ParameterError(`malformed 'tag' parameter, expecting key:value, received: ${tag}`);
    }
    attributes.push([tag.slice(0, colon), tag.slice(colon + 1)]);
  }
  for (const text of parameters.getAll("tags")) {
    if (text === "") continue;
    const tags = textMapOf(
      text,
      (why) => new ParameterError(`malformed 'tags' parameter, cannot unmarshal JSON: ${why}`),
    );
    attributes.push(...tags);
  }
  return attributes;
}
