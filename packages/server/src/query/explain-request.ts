// What POST /api/culprit/explain and the command's options ask, checked.

import type { ExplainSplit, TimeWindow } from "@culprit/api";
import type { AttributeFilter, SpanConditions, TimeRange } from "@culprit/store";
import { parseRfc3339 } from "@culprit/trace-model";
import { ParameterError } from "./parameter-error.ts";
import {
  parseTraceQuery,
  refuseUnknownParameters,
  SPAN_PARAMETERS,
} from "./trace-query-parameters.ts";

export interface ExplainQuestion {
  readonly baseline: readonly TimeWindow[];
  readonly incident: TimeWindow;
  /** Of one group that is to be split, or of the baseline and the incident. */
  readonly groups: readonly (readonly TimeRange[])[];
  readonly split?: ExplainSplit;
  readonly mark?: AttributeFilter;
  readonly conditions: SpanConditions;
}

/** A list that no person writes and that would make the statement too long. */
const MAX_WINDOWS = 100;

/** @throws ParameterError */
export function parseExplainRequest(body: unknown): ExplainQuestion {
  const request = recordOf(body, "the body");
  refuseUnknown(request, ["baseline", "incident", "window", "split", "query"], "the body");
  const conditions = conditionsOf(request["query"]);
  if ("window" in request || "split" in request) {
    if ("baseline" in request || "incident" in request) {
      throw new ParameterError("give either 'baseline' and 'incident', or 'window' and 'split'");
    }
    const window = windowOf(request["window"], "window");
    const split = splitOf(request["split"]);
    return {
      baseline: [window.window],
      incident: window.window,
      groups: [[window.range]],
      split,
      ...(split.by === "attribute" ? { mark: { key: split.key, value: split.value } } : undefined),
      conditions,
    };
  }
  const { baseline } = request;
  if (!Array.isArray(baseline) || baseline.length === 0) {
    throw new ParameterError("'baseline' takes a list of one or more windows {from, to}");
  }
  if (baseline.length > MAX_WINDOWS) {
    throw new ParameterError(
      `'baseline' takes ${MAX_WINDOWS} windows at most, not ${baseline.length}`,
    );
  }
  const healthy = baseline.map((window, index) => windowOf(window, `baseline[${index}]`));
  const incident = windowOf(request["incident"], "incident");
  refuseOverlaps([...healthy, incident]);
  return {
    baseline: healthy.map(({ window }) => window),
    incident: incident.window,
    groups: [healthy.map(({ range }) => range), [incident.range]],
    conditions,
  };
}

interface NamedWindow {
  readonly name: string;
  readonly window: TimeWindow;
  readonly range: TimeRange;
}

function windowOf(value: unknown, name: string): NamedWindow {
  const record = recordOf(value, `'${name}'`);
  const time = (end: "from" | "to"): { text: string; nanos: bigint } => {
    const text = record[end];
    const nanos = typeof text === "string" ? parseRfc3339(text) : undefined;
    if (typeof text !== "string" || nanos === undefined) {
      throw new ParameterError(
        `'${name}.${end}' takes an RFC 3339 time such as 2026-01-31T09:30:00Z, not ${shown(text)}`,
      );
    }
    return { text, nanos };
  };
  const [from, to] = [time("from"), time("to")];
  if (from.nanos >= to.nanos) {
    throw new ParameterError(`'${name}' ends at or before it begins: ${from.text} to ${to.text}`);
  }
  return {
    name,
    window: { from: from.text, to: to.text },
    range: { fromUnixNano: from.nanos, toUnixNano: to.nanos },
  };
}

/** A trace must not be on both sides, nor be counted twice. */
function refuseOverlaps(windows: readonly NamedWindow[]): void {
  const byStart = windows.toSorted((a, b) =>
    a.range.fromUnixNano < b.range.fromUnixNano ? -1 : 1,
  );
  for (let i = 1; i < byStart.length; i++) {
    const [before, after] = [byStart[i - 1] as NamedWindow, byStart[i] as NamedWindow];
    if (after.range.fromUnixNano < before.range.toUnixNano) {
      throw new ParameterError(`'${before.name}' and '${after.name}' overlap`);
    }
  }
}

function splitOf(value: unknown): ExplainSplit {
  const { by, ...rest } = recordOf(value, "'split'");
  if (by === "slow") {
    const { quantile } = rest;
    if (typeof quantile !== "number" || !(quantile > 0 && quantile < 1)) {
      throw new ParameterError(
        `'split.quantile' takes a number between 0 and 1, not ${shown(quantile)}`,
      );
    }
    return { by, quantile };
  }
  if (by === "errors") return { by };
  if (by === "attribute") {
    const { key, value: wanted } = rest;
    if (typeof key !== "string" || key === "" || typeof wanted !== "string") {
      throw new ParameterError("'split' by attribute takes a 'key' and a 'value', both texts");
    }
    return { by, key, value: wanted };
  }
  throw new ParameterError(`'split.by' is slow, errors or attribute, not ${shown(by)}`);
}

/** Parameters of v1 search; when and how many are not its to say here. */
function conditionsOf(query: unknown): SpanConditions {
  if (query === undefined || query === "") return {};
  if (typeof query !== "string") {
    throw new ParameterError("'query' takes the query string of a search, such as service=shop");
  }
  const parameters = new URLSearchParams(query);
  refuseUnknownParameters(
    parameters,
    SPAN_PARAMETERS,
    (unknown) => `'query' takes ${SPAN_PARAMETERS.join(", ")}; not "${unknown}"`,
  );
  const { limit: _, ...conditions } = parseTraceQuery(parameters, {
    limit: 1,
    overMaxLimit: "cap",
    nowMs: 0,
  });
  return conditions;
}

function recordOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new ParameterError(`${what} takes a JSON object, not ${shown(value)}`);
}

function refuseUnknown(
  record: Record<string, unknown>,
  known: readonly string[],
  what: string,
): void {
  const unknown = Object.keys(record).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new ParameterError(`${what} takes ${known.join(", ")}; not "${unknown}"`);
  }
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 80);
}
