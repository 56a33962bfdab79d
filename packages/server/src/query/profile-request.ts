// What GET /api/culprit/profile takes: from, to and the parameters of the search.

import { PERCENTILE_BANDS } from "@culprit/analysis";
import type { TimeWindow } from "@culprit/api";
import type { VerdictQuery } from "@culprit/store";
import { parseRfc3339, type UnixNanos } from "@culprit/trace-model";
import { ParameterError } from "./parameter-error.ts";
import {
  parseTraceQuery,
  refuseUnknownParameters,
  SPAN_PARAMETERS,
  VERDICT_PARAMETERS,
} from "./trace-query-parameters.ts";

const CONDITIONS = [...SPAN_PARAMETERS, ...VERDICT_PARAMETERS];
const KNOWN = ["from", "to", "format", "band", "limit", ...CONDITIONS];

export interface ProfileRequest {
  readonly window: TimeWindow;
  readonly query: VerdictQuery;
}

/** `limit` counts for nothing: a profile is of all traces. @throws ParameterError */
export function parseProfileRequest(parameters: URLSearchParams, nowMs: number): ProfileRequest {
  refuseUnknownParameters(
    parameters,
    KNOWN,
    (unknown) =>
      `a profile takes from, to and the conditions ${CONDITIONS.join(", ")}; not "${unknown}"`,
  );
  const from = parameters.get("from") ?? "";
  const to = parameters.get("to") ?? "";
  const fromUnixNano = momentOf("from", from);
  const toUnixNano = momentOf("to", to);
  if (toUnixNano <= fromUnixNano) {
    throw new ParameterError(`parameter 'to' is later than 'from'; ${to} is not`);
  }
  const search = new URLSearchParams(parameters);
  search.delete("limit");
  const { limit: _limit, ...traces } = parseTraceQuery(search, {
    limit: 1,
    overMaxLimit: "refuse",
    nowMs,
  });
  return { window: { from, to }, query: { fromUnixNano, toUnixNano, traces } };
}

function momentOf(name: string, text: string): UnixNanos {
  const moment = parseRfc3339(text);
  if (moment !== undefined) return moment;
  const fault = text === "" ? "is missing" : `is not "${text}"`;
  throw new ParameterError(
    `parameter '${name}' ${fault}: it takes a time such as 2026-11-22T10:00:00Z`,
  );
}

/** `band=99-100`: an index into PERCENTILE_BANDS; absent: all of them. @throws ParameterError */
export function bandParameter(parameters: URLSearchParams): number | undefined {
  const text = parameters.get("band") ?? "";
  if (text === "") return undefined;
  const names = PERCENTILE_BANDS.map(({ from, to }) => `${from}-${to}`);
  const band = names.indexOf(text);
  if (band >= 0) return band;
  throw new ParameterError(`parameter 'band' is one of ${names.join(", ")}; not "${text}"`);
}
