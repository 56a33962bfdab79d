// The options of `culprit explain` as the question that POST /api/culprit/explain takes.

import type { ExplainRequest, ExplainSplit, TimeWindow } from "@culprit/api";
import { UsageError } from "./cli-error.ts";

export interface GroupOptions {
  readonly baseline?: readonly string[];
  readonly incident?: string;
  readonly window?: string;
  /** `true` without a number. */
  readonly slow?: string | true;
  readonly errors?: true;
  readonly attribute?: string;
  readonly query?: string;
}

/** The slowest twentieth. */
const SLOW_QUANTILE = 0.95;

/** @throws UsageError */
export function explainRequestOf(options: GroupOptions): ExplainRequest {
  const query = options.query === undefined ? undefined : { query: options.query };
  const { baseline = [], incident, window } = options;
  const split = splitOf(options);
  if (window !== undefined || split !== undefined) {
    if (baseline.length > 0 || incident !== undefined) {
      throw new UsageError("give --baseline and --incident, or --window with what splits it");
    }
    if (window === undefined)
      throw new UsageError("name the --window FROM..TO that is to be split");
    if (split === undefined) {
      throw new UsageError("say what splits the window: --slow, --errors or --attribute KEY=VALUE");
    }
    return { window: windowOf("--window", window), split, ...query };
  }
  if (baseline.length === 0 || incident === undefined) {
    throw new UsageError(
      "name the groups: --baseline FROM..TO --incident FROM..TO, or --window FROM..TO with --slow, --errors or --attribute",
    );
  }
  return {
    baseline: baseline.map((text) => windowOf("--baseline", text)),
    incident: windowOf("--incident", incident),
    ...query,
  };
}

function splitOf({ slow, errors, attribute }: GroupOptions): ExplainSplit | undefined {
  const splits: ExplainSplit[] = [];
  if (slow !== undefined) {
    const quantile = slow === true ? SLOW_QUANTILE : Number(slow);
    if (!(quantile > 0 && quantile < 1)) {
      throw new UsageError(`--slow takes a quantile between 0 and 1, such as 0.95; not "${slow}"`);
    }
    splits.push({ by: "slow", quantile });
  }
  if (errors === true) splits.push({ by: "errors" });
  if (attribute !== undefined) {
    const at = attribute.indexOf("=");
    if (at < 1) throw new UsageError(`--attribute takes KEY=VALUE, not "${attribute}"`);
    splits.push({ by: "attribute", key: attribute.slice(0, at), value: attribute.slice(at + 1) });
  }
  if (splits.length > 1) throw new UsageError("--slow, --errors and --attribute: one of them");
  return splits[0];
}

function windowOf(option: string, text: string): TimeWindow {
  const [from, to, ...more] = text.split("..");
  if (from === undefined || to === undefined || more.length > 0) {
    throw new UsageError(
      `${option} takes FROM..TO, such as 2026-01-31T09:00:00Z..2026-01-31T09:30:00Z; not "${text}"`,
    );
  }
  return { from, to };
}
