import assert from "node:assert/strict";
import { test } from "node:test";
import { renderFoldedStacks } from "./folded-stacks.ts";
import { renderProfile } from "./profile-report.ts";
import { profileBands } from "./profile-sums.ts";

const window = { from: "2026-11-22T00:00:00Z", to: "2026-11-23T00:00:00Z" };
const part = (operation: string, nanos: number) => ({ service: "shop", operation, nanos });

test("folded stacks are a line a stack with its sum, in the order of names", () => {
  const text = renderFoldedStacks([
    [{ service: "b", operation: "x", parent: -1, nanos: 1 }],
    [
      { service: "a", operation: "x", parent: -1, nanos: 0 },
      { service: "b", operation: "x", parent: 0, nanos: 2 },
    ],
    [{ service: "b", operation: "x", parent: -1, nanos: 40 }],
  ]);
  assert.equal(text, "a x;b x 2\nb x 41\n");
  assert.equal(renderFoldedStacks([]), "");
});

test("the report names who held each band, and all of them together", () => {
  const bands = profileBands([
    { durationNanos: 1e6, path: [part("save", 1e6)] },
    { durationNanos: 2e6, path: [part("save", 1.5e6), part("GET\u001b[31m /", 0.5e6)] },
    { durationNanos: 4e6, path: [part("save", 4e6)] },
  ]);
  const report = renderProfile(
    { window, traceCount: 3, warnings: ["2 traces are missing"], bands },
    { colour: false },
  );
  assert.equal(
    report,
    `Profile of 3 traces, 2026-11-22T00:00:00Z to 2026-11-23T00:00:00Z
2 traces are missing

All traces
   93 %  ###################.   2.17 ms a trace  shop / save
    7 %  #...................    167 µs a trace  shop / GET [31m /

p0 to p50: 2 traces of 1.00 ms to 2.00 ms
   83 %  #################...   1.25 ms a trace  shop / save
   17 %  ###.................    250 µs a trace  shop / GET [31m /

p50 to p90: 1 trace of 4.00 ms
  100 %  ####################   4.00 ms a trace  shop / save
`,
  );
});

test("without a trace the report is one line", () => {
  const report = renderProfile(
    { window, traceCount: 0, warnings: [], bands: profileBands([]) },
    { colour: true },
  );
  assert.equal(report.split("\n").length, 2);
  assert.match(report, /Profile.* of 0 traces/);
});
