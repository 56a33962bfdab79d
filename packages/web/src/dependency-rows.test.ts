import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServiceDependency } from "@culprit/api";
import { dependencyRows, dependencySummary, type Sort, sortRows } from "./dependency-rows.ts";

function edge(
  parent: string,
  child: string,
  callCount: number,
  errorCount = 0,
  p95Ms = 10,
): ServiceDependency {
  return { parent, child, callCount, errorCount, p95Nanos: p95Ms * 1e6 };
}

const names = (rows: readonly ServiceDependency[]): string[] =>
  rows.map(({ parent, child }) => `${parent} > ${child}`);

test("calls inside a service are shown when they are wanted", () => {
  const now = [edge("web", "web", 9), edge("web", "pay", 3)];
  assert.deepEqual(names(dependencyRows(now, [], false)), ["web > pay"]);
  assert.deepEqual(names(dependencyRows(now, [], true)), ["web > web", "web > pay"]);
});

test("the worst come first, by any figure; equal ones by name", () => {
  const rows = dependencyRows(
    [
      edge("b", "x", 50, 0, 10),
      edge("a", "x", 50, 0, 10),
      edge("c", "x", 10, 5, 1),
      edge("d", "x", 1000, 0, 90),
    ],
    [],
    false,
  );
  const sorted = (sort: Sort) => sortRows(rows, sort).map(({ parent }) => parent);
  assert.deepEqual(sorted("errors"), ["c", "d", "a", "b"]);
  assert.deepEqual(sorted("p95"), ["d", "a", "b", "c"]);
  assert.deepEqual(sorted("calls"), ["d", "a", "b", "c"]);
  assert.deepEqual(sorted("name"), ["a", "b", "c", "d"]);
});

test("what was better in the window before is told, unless too few calls say so", () => {
  const now = [edge("a", "slow", 40, 0, 150), edge("a", "err", 40, 4), edge("a", "few", 5, 2, 900)];
  const before = [edge("a", "slow", 30, 0, 99), edge("a", "err", 100, 9), edge("a", "few", 90)];
  const rows = dependencyRows(now, before, false);
  assert.deepEqual(
    rows.map(({ failsMore, isSlower }) => [failsMore, isSlower]),
    [
      [false, true],
      [true, false],
      [false, false],
    ],
  );
  assert.equal(rows[1]?.errorShare, 0.1);
  assert.equal(rows[0]?.before?.callCount, 30);
});

test("a sentence names where failures begin rather than who passes them on", () => {
  const rows = dependencyRows(
    [
      edge("web", "shop", 900, 30),
      edge("shop", "pay", 400, 28),
      edge("pay", "bank", 300, 25),
      edge("shop", "mail", 90, 2),
    ],
    [],
    false,
  );
  assert.equal(dependencySummary(rows), "pay → bank fails: 25 of 300 calls, 8.3 %.");
});

test("a sentence tells what got worse", () => {
  const now = [
    edge("web", "pay", 100, 50),
    edge("pay", "db", 100, 0, 300),
    edge("web", "ads", 100, 0, 40),
  ];
  const before = [
    edge("web", "pay", 100, 1),
    edge("pay", "db", 100, 0, 100),
    edge("web", "ads", 100, 0, 20),
  ];
  assert.equal(
    dependencySummary(dependencyRows(now, before, false)),
    "web → pay fails: 50 of 100 calls, 50 %, was 1.0 %. pay → db got slower: p95 300 ms, was 100 ms.",
  );
  assert.equal(dependencySummary(dependencyRows(before.slice(1), [], false)), "No call fails.");
  const both = dependencyRows([edge("web", "pay", 100, 50, 90)], before, false);
  assert.match(
    dependencySummary(both),
    /was 1\.0 %\. It got slower: p95 90\.0 ms, was 10\.0 ms\.$/,
  );
});

test("failures that go round in a circle come to an end", () => {
  const rows = dependencyRows([edge("a", "b", 9, 3), edge("b", "a", 9, 3)], [], false);
  assert.match(dependencySummary(rows), /fails: 3 of 9 calls/);
});
