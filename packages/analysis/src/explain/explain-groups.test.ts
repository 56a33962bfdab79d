import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { explanation } from "@culprit/api";
import { FAULTS, randomOf, syntheticIncident } from "../../test/synthetic-system.ts";
import type { Cohorts } from "./cohorts.ts";
import { explainGroups } from "./explain-groups.ts";

const WINDOWS = {
  baseline: [{ from: "2026-03-01T10:00:00Z", to: "2026-03-01T11:00:00Z" }],
  incident: { from: "2026-03-01T11:00:00Z", to: "2026-03-01T12:00:00Z" },
};
const NO_PAIRS = { trace: new Uint32Array(), pair: new Uint32Array(), pairs: [] };
/** Systems drawn for each fault. */
const SEEDS = 12;

function cohortsOf(columns: Cohorts["columns"], side = columns.group): Cohorts {
  return { columns, side, attributes: NO_PAIRS };
}

describe("explain on made-up systems", () => {
  for (const fault of FAULTS) {
    test(`names the service with the fault "${fault}" first in 9 of 10 systems`, () => {
      let drawn = 0;
      let first = 0;
      for (let seed = 0; seed < SEEDS; seed++) {
        const incident = syntheticIncident(seed, fault);
        if (incident === undefined) continue;
        drawn++;
        const found = explainGroups(cohortsOf(incident.columns), WINDOWS);
        explanation.parse(found);
        if (found.suspects[0]?.service === incident.service) first++;
      }
      assert.ok(drawn >= SEEDS / 2, `only ${drawn} systems met the fault`);
      assert.ok(first >= drawn * 0.9, `${first} of ${drawn}`);
    });
  }
});

test("two halves of healthy traffic: whoever is suspected costs next to nothing", () => {
  for (let seed = 0; seed < 20; seed++) {
    const { columns } = syntheticIncident(seed, "slow operation") ?? {};
    if (columns === undefined) continue;
    const random = randomOf(seed);
    const side = columns.group.map((group) => (group === 1 ? 2 : random() < 0.5 ? 0 : 1));
    const { suspects, summary } = explainGroups(cohortsOf(columns, side), WINDOWS);
    assert.ok((suspects[0]?.score ?? 0) < 0.05, summary);
  }
});

test("a healthy window against others: nothing stands out in 95 of 100, and a fault always does", () => {
  let compared = 0;
  let quiet = 0;
  for (const fault of FAULTS) {
    for (let seed = 300; seed < 306; seed++) {
      const { columns } = syntheticIncident(seed, fault) ?? {};
      if (columns === undefined) continue;
      const faulty = explainGroups(cohortsOf(columns), WINDOWS);
      assert.match(faulty.summary, /^service-\d+ is the first suspect/, `${fault} ${seed}`);
      // The baseline is four windows, one after the other.
      const window = columns.group.filter((group) => group === 0).length / 4;
      const side = columns.group.map((group, trace) => (group === 1 ? 2 : trace < window ? 1 : 0));
      const healthy = explainGroups(cohortsOf(columns, side), WINDOWS);
      compared++;
      if (/^Noth/.test(healthy.summary)) quiet++;
    }
  }
  assert.ok(quiet >= compared * 0.95, `${quiet} of ${compared}`);
});

test("few traces on a side, or none: the summary says so", () => {
  const { columns } = syntheticIncident(1, "slow operation") ?? {};
  assert.ok(columns !== undefined);
  const keep = (count: number, group: number): Uint8Array => {
    let left = count;
    return columns.group.map((of) => (of !== group ? of : left-- > 0 ? of : 2));
  };
  const few = explainGroups(cohortsOf(columns, keep(19, 1)), WINDOWS);
  assert.match(few.summary, /The answer is weak: the incident has only 19 of the 20 traces/);
  const enough = explainGroups(cohortsOf(columns, keep(20, 1)), WINDOWS);
  assert.doesNotMatch(enough.summary, /weak/);
  const none = explainGroups(cohortsOf(columns, keep(0, 0)), WINDOWS, ["Half was left out."]);
  assert.match(none.summary, /^The baseline has no traces.* Half was left out\.$/);
  assert.deepEqual(none.suspects, []);
});

test("the same traces give the same explanation", () => {
  const incident = syntheticIncident(3, "errors");
  assert.ok(incident !== undefined);
  const explain = () => explainGroups(cohortsOf(incident.columns), WINDOWS);
  assert.deepEqual(explain(), explain());
});
