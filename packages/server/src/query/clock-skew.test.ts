import assert from "node:assert/strict";
import { test } from "node:test";
import { assembleTrace, type Span } from "@culprit/trace-model";
import { sampleSpan, spanIdOf } from "../../test/sample-spans.ts";
import { clockSkewWarnings } from "./clock-skew.ts";

const MS = 1_000_000n;
const START = sampleSpan().startUnixNano;

/** A parent from 0 to 100 ms and a child, each on its host. */
function pair(childStartMs: bigint, childEndMs: bigint, hosts: readonly [string, string]): Span[] {
  const on = (host: string): Span["resource"] => ({
    attributes: new Map([
      ["service.name", "s"],
      ...(host === "" ? [] : [["host.name", host] as const]),
    ]),
    droppedAttributesCount: 0,
    schemaUrl: "",
  });
  return [
    sampleSpan({ spanId: spanIdOf(1), endUnixNano: START + 100n * MS, resource: on(hosts[0]) }),
    sampleSpan({
      spanId: spanIdOf(2),
      parentSpanId: spanIdOf(1),
      startUnixNano: START + childStartMs * MS,
      endUnixNano: START + childEndMs * MS,
      resource: on(hosts[1]),
    }),
  ];
}

function deltasMs(spans: readonly Span[]): number[] {
  return clockSkewWarnings(assembleTrace(spans)).map(({ message }) =>
    Number(/of (\S+) ms/.exec(message)?.[1]),
  );
}

test("a child that lies within its parent is not warned about", () => {
  assert.deepEqual(deltasMs(pair(0n, 100n, ["a", "b"])), []);
});

test("a shorter child outside its parent would be centred", () => {
  assert.deepEqual(deltasMs(pair(150n, 200n, ["a", "b"])), [-125]);
  assert.deepEqual(deltasMs(pair(-20n, 20n, ["a", "b"])), [50]);
});

test("a longer child would only be moved to its parent's start", () => {
  assert.deepEqual(deltasMs(pair(-10n, 200n, ["a", "b"])), [10]);
  assert.deepEqual(deltasMs(pair(10n, 200n, ["a", "b"])), []);
});

test("spans of one host share one clock; an unknown host is another one", () => {
  assert.deepEqual(deltasMs(pair(150n, 200n, ["a", "a"])), []);
  assert.deepEqual(deltasMs(pair(150n, 200n, ["", ""])), [-125]);
});

test("what runs on a host that is off is off by as much", () => {
  const [parent, child] = pair(150n, 200n, ["a", "b"]) as [Span, Span];
  const grandchild = { ...child, spanId: spanIdOf(3), parentSpanId: spanIdOf(2) };
  assert.deepEqual(deltasMs([parent, child, grandchild]), [-125, -125]);
});
