import assert from "node:assert/strict";
import { test } from "node:test";
import { assembleTrace, type Span } from "@culprit/trace-model";
import fc from "fast-check";
import { malformedTraces } from "../../../trace-model/test/malformed-trace.ts";
import { type SpanSketch, sketched } from "../../../trace-model/test/sketched-span.ts";
import { judgeTrace } from "../judge-trace.ts";
import { renderFoldedStacks } from "./folded-stacks.ts";
import { MAX_FRAMES, MAX_STACKS } from "./path-stacks.ts";

function stacks(spans: readonly Span[]): string[] {
  return renderFoldedStacks([judgeTrace(assembleTrace(spans)).path])
    .trimEnd()
    .split("\n");
}

const sketch = (...sketches: SpanSketch[]): Span[] => sketches.map(sketched);

test("a stack is the whole way from the root to the span that was waited for", () => {
  const spans = sketch(
    { id: "1", service: "web", name: "GET /", start: 0, end: 100 },
    { id: "2", parent: "1", service: "web", name: "call", start: 10, end: 90 },
    { id: "3", parent: "2", service: "db", name: "SELECT 1", start: 20, end: 80 },
  );
  assert.deepEqual(stacks(spans), [
    "web GET / 20",
    "web GET /;web call 20",
    "web GET /;web call;db SELECT 1 60",
  ]);
});

test("siblings of one operation are one stack, and one operation under two callers is two", () => {
  const spans = sketch(
    { id: "1", name: "root", start: 0, end: 50 },
    { id: "2", parent: "1", name: "query", start: 0, end: 10 },
    { id: "3", parent: "1", name: "query", start: 10, end: 20 },
    { id: "4", parent: "1", name: "save", start: 20, end: 50 },
    { id: "5", parent: "4", name: "query", start: 20, end: 25 },
  );
  assert.deepEqual(stacks(spans), [
    "service root;service query 20",
    "service root;service save 25",
    "service root;service save;service query 5",
  ]);
});

test("what the format cannot hold is replaced", () => {
  const spans = sketch({
    id: "1",
    service: "a;b",
    name: "select 1;\n  select\t2 ",
    start: 0,
    end: 7,
  });
  assert.deepEqual(stacks(spans), ["a,b select 1,   select 2 7"]);
  const nameless = sketch({ id: "1", service: "", name: "", start: 0, end: 7 });
  assert.match(stacks(nameless)[0] ?? "", /^\S+ - 7$/);
});

test("of a stack deeper than the limit the outermost frames and the innermost are kept", () => {
  const depth = 100_000;
  const spans = Array.from({ length: depth }, (_, i) =>
    sketched({
      id: (i + 1).toString(16),
      parent: i === 0 ? "" : i.toString(16),
      name: `level ${i}`,
      start: i,
      end: 2 * depth,
    }),
  );
  const { path } = judgeTrace(assembleTrace(spans));
  const lines = renderFoldedStacks([path]).trimEnd().split("\n");
  const deepest = lines.find((line) => line.includes(`level ${depth - 1} `)) ?? "";
  const frames = deepest.split(";");
  assert.equal(frames.length, MAX_FRAMES);
  assert.equal(frames.at(-1), `service level ${depth - 1} ${depth + 1}`);
  assert.equal(frames.at(-2), `service level ${MAX_FRAMES - 2}`);
  assert.ok(path.length > MAX_STACKS);
  assert.equal(
    path.reduce((sum, { nanos }) => sum + nanos, 0),
    2 * depth,
  );
});

test("stacks sum to the root's duration, in any order of spans", () => {
  fc.assert(
    fc.property(malformedTraces({ maxSpans: 12, wildTimes: false }), fc.nat(), (spans, turn) => {
      const trace = assembleTrace(spans);
      const { path, durationNanos } = judgeTrace(trace);
      assert.equal(
        path.reduce((sum, { nanos }) => sum + nanos, 0),
        durationNanos,
      );
      const at = turn % spans.length;
      const turned = [...spans.slice(at), ...spans.slice(0, at)];
      assert.deepEqual(judgeTrace(assembleTrace(turned)).path, path);
    }),
  );
});
