// The parameters of Jaeger's v3 API over HTTP: camelCase as in its OpenAPI document, and snake_case, which is what older
// clients send. In a body they are JSON of the same names.

import type { TraceQuery } from "@culprit/store";
import type { UnixNanos } from "@culprit/trace-model";
import { ParameterError } from "./parameter-error.ts";
import {
  booleanOf,
  durationOf,
  integerOf,
  type Malformed,
  momentOf,
  textMapOf,
} from "./parameter-values.ts";
import { DEFAULT_SEARCH_DEPTH, MAX_LIMIT, traceQueryOf } from "./trace-query.ts";

export interface V3Search {
  readonly query: TraceQuery;
  readonly isRaw: boolean;
}

/** @throws ParameterError */
export function parseV3Search(parameters: URLSearchParams): V3Search {
  const query = new V3Parameters(parameters, "query.");
  // A condition that is not understood is never left out: more would be found than was asked for.
  if (query.text("filter") !== "") {
    throw new ParameterError("query.filter is not supported; use query.attributes");
  }
  const startMinUnixNano = query.read("startTimeMin", momentOf);
  const startMaxUnixNano = query.read("startTimeMax", momentOf);
  if (startMinUnixNano === undefined || startMaxUnixNano === undefined) {
    throw new ParameterError("query.startTimeMin and query.startTimeMax are required");
  }
  if (startMinUnixNano > startMaxUnixNano) {
    throw new ParameterError("query.startTimeMin must be before query.startTimeMax");
  }
  return {
    query: traceQueryOf({
      service: query.text("serviceName"),
      // One release of Jaeger's UI called it by its new name before the server did.
      operation: query.text("operationName", "spanName"),
      attributes: query.read("attributes", textMapOf) ?? [],
      startMinUnixNano,
      startMaxUnixNano,
      durationMinNanos: query.read("durationMin", lengthOf),
      durationMaxNanos: query.read("durationMax", lengthOf),
      limit: query.read("searchDepth", searchDepthOf, "numTraces") ?? DEFAULT_SEARCH_DEPTH,
    }),
    isRaw: query.read("rawTraces", booleanOf) ?? false,
  };
}

/** Of a single trace: its id says it all, but what is malformed is the client's mistake nevertheless. */
export function parseV3Trace(parameters: URLSearchParams): { readonly isRaw: boolean } {
  const trace = new V3Parameters(parameters, "");
  trace.read("startTime", momentOf);
  trace.read("endTime", momentOf);
  return { isRaw: trace.read("rawTraces", booleanOf) ?? false };
}

export interface TimeWindow {
  readonly startMinUnixNano: UnixNanos;
  readonly startMaxUnixNano: UnixNanos;
}

/** @throws ParameterError */
export function parseV3Window(parameters: URLSearchParams): TimeWindow {
  const window = new V3Parameters(parameters, "");
  const startMinUnixNano = window.read("startTime", momentOf);
  const startMaxUnixNano = window.read("endTime", momentOf);
  if (startMinUnixNano === undefined || startMaxUnixNano === undefined) {
    throw new ParameterError("startTime and endTime are required");
  }
  if (startMaxUnixNano <= startMinUnixNano) {
    throw new ParameterError("endTime must be after startTime");
  }
  return { startMinUnixNano, startMaxUnixNano };
}

/** @returns what {@link parseV3Search} reads, of a FindTracesRequest in JSON */
export function parametersOfBody(body: unknown): URLSearchParams {
  if (!isObject(body)) throw new ParameterError("the body is to be a JSON object");
  const query = body["query"] ?? {};
  if (!isObject(query)) throw new ParameterError("'query' is to be a JSON object");
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null) continue;
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    parameters.append(`query.${name}`, text);
  }
  return parameters;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export class V3Parameters {
  readonly #parameters: URLSearchParams;
  readonly #prefix: string;

  constructor(parameters: URLSearchParams, prefix: string) {
    this.#parameters = parameters;
    this.#prefix = prefix;
  }

  /** Of the first of the names that has one, in either spelling; "" when absent. */
  text(...names: readonly string[]): string {
    return this.#first(names).text;
  }

  /** undefined when absent. @param aliases older names of the same */
  read<T>(
    name: string,
    read: (text: string, malformed: Malformed) => T,
    ...aliases: readonly string[]
  ): T | undefined {
    const { spelling, text } = this.#first([name, ...aliases]);
    if (text === "") return undefined;
    return read(text, (fault) => new ParameterError(`malformed parameter ${spelling}: ${fault}`));
  }

  #first(names: readonly string[]): { spelling: string; text: string } {
    for (const name of names) {
      const snakeCase = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      for (const spelling of [`${this.#prefix}${name}`, `${this.#prefix}${snakeCase}`]) {
        const text = this.#parameters.get(spelling) ?? "";
        if (text !== "") return { spelling, text };
      }
    }
    return { spelling: "", text: "" };
  }
}

/** As in Jaeger: a bound of 0 is none. */
function lengthOf(text: string, malformed: Malformed): number | undefined {
  const nanos = durationOf(text, malformed);
  return nanos === 0 ? undefined : nanos;
}

function searchDepthOf(text: string, malformed: Malformed): number {
  const depth = integerOf(text, malformed);
  if (depth <= 0n) throw malformed(`it must be greater than 0, not ${depth}`);
  return depth > BigInt(MAX_LIMIT) ? MAX_LIMIT : Number(depth);
}
