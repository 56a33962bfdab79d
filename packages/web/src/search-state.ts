// The search lives in the page's URL, under the names of the HTTP API: what one reads, the other understands.

export interface SearchState {
  readonly service: string;
  readonly operation: string;
  /** As typed: key=value. */
  readonly attributes: readonly string[];
  /** Go durations: 100ms, 1.5s. */
  readonly minDuration: string;
  readonly maxDuration: string;
  /** Of the verdict: the bottleneck's service, a kind of finding, the service in which an error began. */
  readonly bottleneck: string;
  readonly finding: string;
  readonly errorOrigin: string;
  /** A preset, "custom", or "" for any time. */
  readonly lookback: string;
  /** Microseconds since the epoch, decimal; only with "custom". */
  readonly startMicros: string;
  readonly endMicros: string;
  readonly limit: number;
  /** Where an older page begins; "" on the newest. */
  readonly before: string;
}

export const LOOKBACKS: readonly (readonly [value: string, label: string])[] = [
  ["", "Any time"],
  ["5m", "Last 5 minutes"],
  ["15m", "Last 15 minutes"],
  ["1h", "Last hour"],
  ["6h", "Last 6 hours"],
  ["24h", "Last 24 hours"],
  ["168h", "Last 7 days"],
];

export const LIMITS: readonly number[] = [20, 50, 100, 200, 500];
const DEFAULT_LIMIT = 50;
// The server's own ceiling for one page.
const MAX_LIMIT = 1500;

export const EMPTY_SEARCH: SearchState = {
  service: "",
  operation: "",
  attributes: [],
  minDuration: "",
  maxDuration: "",
  bottleneck: "",
  finding: "",
  errorOrigin: "",
  lookback: "",
  startMicros: "",
  endMicros: "",
  limit: DEFAULT_LIMIT,
  before: "",
};

export function parseSearch(params: URLSearchParams): SearchState {
  const text = (name: string): string => params.get(name) ?? "";
  const micros = (name: string): string => (/^\d+$/.test(text(name)) ? text(name) : "");
  const tags = params.getAll("tag").map((tag) => tag.replace(":", "="));
  // Typed by hand it means the attribute.
  const typedError = params.get("error") === "true" ? ["error=true"] : [];
  const limit = Number.parseInt(text("limit"), 10);
  const startMicros = micros("start");
  const endMicros = micros("end");
  const custom = startMicros !== "" || endMicros !== "";
  return {
    service: text("service"),
    operation: text("operation"),
    attributes: [...new Set([...tags, ...typedError])],
    minDuration: text("minDuration"),
    maxDuration: text("maxDuration"),
    bottleneck: text("bottleneck"),
    finding: text("finding"),
    errorOrigin: text("errorOrigin"),
    lookback: custom ? "custom" : text("lookback"),
    startMicros,
    endMicros,
    limit: limit >= 1 ? Math.min(limit, MAX_LIMIT) : DEFAULT_LIMIT,
    before: text("before"),
  };
}

/** The page's query: what is default is left out. */
export function searchParams(state: SearchState): URLSearchParams {
  const params = new URLSearchParams();
  const set = (name: string, value: string): void => {
    if (value !== "") params.set(name, value);
  };
  set("service", state.service);
  if (state.service !== "") set("operation", state.operation);
  for (const attribute of state.attributes) params.append("tag", attribute.replace("=", ":"));
  set("minDuration", state.minDuration);
  set("maxDuration", state.maxDuration);
  set("bottleneck", state.bottleneck);
  set("finding", state.finding);
  set("errorOrigin", state.errorOrigin);
  if (state.lookback === "custom") {
    set("start", state.startMicros);
    set("end", state.endMicros);
  } else {
    set("lookback", state.lookback);
  }
  if (state.limit !== DEFAULT_LIMIT) set("limit", String(state.limit));
  set("before", state.before);
  return params;
}

/** The API's query. Presets become a start: an end would hide spans of clocks that run ahead. */
export function apiQuery(state: SearchState, nowMillis: number): string {
  const params = searchParams(state);
  const lookbackMillis = durationMillis(state.lookback);
  if (state.lookback !== "custom" && lookbackMillis !== undefined) {
    params.set("start", String(Math.round((nowMillis - lookbackMillis) * 1000)));
  }
  params.set("limit", String(state.limit));
  return params.toString();
}

export function isFiltered(state: SearchState): boolean {
  const { limit: _limit, ...filters } = state;
  return searchParams({ ...filters, limit: DEFAULT_LIMIT }).size > 0;
}

/** Whether it finds only traces whose verdict is stored. */
export function asksVerdicts({ bottleneck, finding, errorOrigin }: SearchState): boolean {
  return bottleneck !== "" || finding !== "" || errorOrigin !== "";
}

const MILLIS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 3.6e6,
};
const DURATION = /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/;

export function durationMillis(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let sum = 0;
  for (const [, value, , unit] of text.matchAll(/(\d+(\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    sum += Number(value) * (MILLIS[unit ?? ""] ?? 0);
  }
  return sum;
}

/** What was typed as the API wants it; a bare number means milliseconds. undefined: not a duration. */
export function normaliseDuration(typed: string): string | undefined {
  const text = typed.replaceAll(/\s+/g, "").toLowerCase().replace("μ", "µ");
  if (text === "") return "";
  if (/^\d+(\.\d+)?$/.test(text)) return `${text}ms`;
  return DURATION.test(text) ? text : undefined;
}

/** undefined: not key=value. */
export function normaliseAttribute(typed: string): string | undefined {
  const text = typed.trim();
  const at = text.indexOf("=");
  if (at < 1) return undefined;
  return `${text.slice(0, at).trim()}=${text.slice(at + 1).trim()}`;
}

/** A 64 or 128 bit id, as people paste it: with spaces, dashes, upper case, or inside a URL. */
export function parseTraceId(typed: string): string | undefined {
  const text = typed.trim().toLowerCase();
  const inUrl = /\/trace\/([0-9a-f]{1,32})(?:$|[/?#])/.exec(text)?.[1];
  const id = inUrl ?? text.replaceAll("-", "");
  return /^[0-9a-f]{1,32}$/.test(id) ? id : undefined;
}

/** <input type="datetime-local"> speaks local time without a zone. */
export function localInput(micros: string): string {
  if (micros === "") return "";
  const millis = Number(BigInt(micros) / 1000n);
  const zoneMillis = new Date(millis).getTimezoneOffset() * 60_000;
  return new Date(millis - zoneMillis).toISOString().slice(0, 19);
}

export function microsOfLocalInput(value: string): string {
  const millis = new Date(value).getTime();
  return Number.isNaN(millis) ? "" : String(millis * 1000);
}
