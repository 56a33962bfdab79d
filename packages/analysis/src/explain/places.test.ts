import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf, type SketchedTrace } from "../../test/sketched-columns.ts";
import { placesOf } from "./places.ts";

/** By row: "service operation" for own work, "service operation > callee operation" for a call. */
function booked(...traces: readonly SketchedTrace[]): string[] {
  const columns = columnsOf(traces);
  const { place, all } = placesOf({ columns, side: columns.group });
  return Array.from(place, (at) => {
    const { service, operation, callee, calleeOperation } = all[at] ?? all[0] ?? assert.fail();
    const own = `${columns.services[service]} ${columns.operations[operation]}`;
    if (callee < 0) return own;
    return `${own} > ${columns.services[callee]} ${columns.operations[calleeOperation]}`;
  });
}

const traceOf = (
  group: 0 | 1,
  ...spans: readonly (readonly [string, number?])[]
): SketchedTrace => ({
  group,
  rows: spans.map(([span, parent]) => ({
    span,
    length: 1,
    ...(parent === undefined ? undefined : { parent }),
  })),
});

test("a client span that another service answers is the call, all others are own work", () => {
  assert.deepEqual(
    booked(
      traceOf(
        0,
        ["shop buy"],
        ["shop check internal", 0],
        ["shop POST client", 0],
        ["bank pay", 2],
        ["bank SELECT client", 3],
      ),
    ),
    ["shop buy", "shop check", "shop POST > bank pay", "bank pay", "bank SELECT"],
  );
});

test("where kinds are not told, a span inside a service whose children are all another's is the call", () => {
  assert.deepEqual(
    booked(
      traceOf(
        0,
        ["shop buy unspecified"],
        ["shop POST unspecified", 0],
        ["bank pay unspecified", 1],
        ["shop pack unspecified", 0],
        ["shop wrap unspecified", 3],
        ["mail send unspecified", 3],
      ),
    ),
    ["shop buy", "shop POST > bank pay", "bank pay", "shop pack", "shop wrap", "mail send"],
  );
});

test("a server that calls without client spans keeps its time", () => {
  assert.deepEqual(booked(traceOf(0, ["shop buy"], ["bank pay", 0])), ["shop buy", "bank pay"]);
});

const answered = traceOf(0, ["shop buy"], ["shop POST client", 0], ["bank pay", 1]);
const silent = (group: 0 | 1): SketchedTrace =>
  traceOf(group, ["shop buy"], ["shop POST client", 0]);

test("a call without an answer is one to whom the baseline knows to answer it, whatever the incident's size", () => {
  assert.deepEqual(booked(answered, silent(1), silent(1)).slice(3), [
    ...["shop buy", "shop POST > bank pay"],
    ...["shop buy", "shop POST > bank pay"],
  ]);
});

test("a call that the baseline seldom has answered, or by several services, stays the caller's", () => {
  const seldom = booked(answered, silent(0), silent(1));
  assert.equal(seldom.at(-1), "shop POST");
  const other = traceOf(0, ["shop buy"], ["shop POST client", 0], ["stock take", 1]);
  assert.equal(booked(answered, other, silent(1)).at(-1), "shop POST");
});

test("one operation that calls two services is two places", () => {
  const other = traceOf(0, ["shop buy"], ["shop POST client", 0], ["stock take", 1]);
  assert.deepEqual(
    [booked(answered, other)[1], booked(answered, other)[4]],
    ["shop POST > bank pay", "shop POST > stock take"],
  );
});
