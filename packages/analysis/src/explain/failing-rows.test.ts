import assert from "node:assert/strict";
import { test } from "node:test";
import { Failing } from "@culprit/trace-model";
import { columnsOf, type SketchedTrace } from "../../test/sketched-columns.ts";
import { errorOrigins } from "./error-origins.ts";
import { failingRows } from "./failing-rows.ts";
import { placesOf } from "./places.ts";

/** A shop that calls a bank; 0 no, 1 fails, 2 refused, of the shop, its call and the bank. */
function order(group: 0 | 1, shop: number, call: number, bank: number): SketchedTrace {
  const rows = [
    { span: "shop buy", length: 9, errs: shop },
    { span: "shop POST client", parent: 0, start: 1, length: 7, errs: call },
    { span: "bank pay", parent: 1, start: 2, length: 5, errs: bank },
  ];
  return { group, rows };
}

function originsOf(baseline: readonly SketchedTrace[], incident: readonly SketchedTrace[]) {
  const columns = columnsOf([...baseline, ...incident]);
  const pairs = { trace: new Uint32Array(), pair: new Uint32Array(), pairs: [] };
  const cohorts = { columns, side: columns.group, attributes: pairs };
  const places = placesOf(cohorts);
  return errorOrigins(columns.parent, failingRows(cohorts, places));
}

const many = (count: number, trace: SketchedTrace): SketchedTrace[] => Array(count).fill(trace);
const { no, fails, refused } = Failing;

test("refusals that are as frequent as ever are normal and hide no failure above them", () => {
  const baseline = many(40, order(0, no, refused, no));
  const origins = originsOf(baseline, many(40, order(1, fails, refused, no)));
  assert.deepEqual([...origins.slice(0, 3)], [0, 0, 0]);
  assert.deepEqual([...origins.slice(-3)], [1, 0, 0]);
});

test("refusals that became more frequent are where the failures above them began", () => {
  const baseline = many(40, order(0, no, no, no));
  const origins = originsOf(baseline, many(40, order(1, fails, refused, no)));
  assert.deepEqual([...origins.slice(-3)], [0, 1, 0]);
});

test("a failure that nobody marked is where the marked ones above it began", () => {
  const baseline = many(40, order(0, no, no, no));
  const origins = originsOf(baseline, [order(1, fails, fails, fails)]);
  assert.deepEqual([...origins.slice(-3)], [0, 0, 1]);
});
