// Clocks that disagree: calls whose server seems to run outside them.

import { type SkewCorrection, skewSentence } from "../clock-skew.ts";
import type { Facts } from "../facts.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const clockSkew: Finder = { kind: "clock-skew", find };

function find(facts: Facts): readonly Detected[] {
  if (facts.corrections.length === 0) return [];
  const rowOf = new Map(facts.trace.spanIds.map((id, row) => [id, row]));
  return facts.corrections.map((correction) => () => describe(correction, rowOf));
}

function describe(correction: SkewCorrection, rowOf: ReadonlyMap<string, number>): FoundFinding {
  const rows = correction.spanIds.map((id) => rowOf.get(id) as number);
  return {
    row: rows[0] as number,
    rows,
    evidence: `${skewSentence(correction)}, and times between the two are estimates`,
    drags: false,
    recommendation: `Synchronise the clocks of the hosts of ${correction.caller} and ${correction.callee} (NTP).`,
  };
}
