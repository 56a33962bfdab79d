import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { type OtlpJsonReceiver, startOtlpJsonReceiver } from "../test/otlp-json-receiver.ts";
import { WallClock } from "./exact-start.ts";
import { setupTracing, type Tracing } from "./setup-tracing.ts";

let receiver: OtlpJsonReceiver;
let tracing: Tracing;

before(async () => {
  receiver = await startOtlpJsonReceiver();
  tracing = setupTracing("clock", {
    protocol: "http/json",
    endpoint: receiver.url,
    instrumentations: [],
    flushOnExit: false,
  });
});
after(async () => {
  await tracing.shutdown();
  await receiver.close();
});

test("spans one after the other do not overlap, and children lie inside their parent", async () => {
  const { tracer } = tracing;
  // The first span may still move the clock to where the system's is.
  tracer.withSpan("settle", () => {});
  tracer.withSpan("parent", () => {
    for (let k = 0; k < 500; k++) tracer.withSpan(`step ${k}`, () => spin(k % 7));
  });
  await tracing.flush();
  const find = (name: string) => {
    const span = receiver.spans.find((candidate) => candidate.name === name);
    assert.ok(span !== undefined, name);
    return span;
  };
  const parent = find("parent");
  let previousEnd = parent.startUnixNano;
  for (let k = 0; k < 500; k++) {
    const step = find(`step ${k}`);
    assert.ok(step.startUnixNano >= previousEnd, `step ${k} starts before the last one ended`);
    previousEnd = step.endUnixNano;
  }
  assert.ok(previousEnd <= parent.endUnixNano);
});

test("a start is within a millisecond of the system clock", async () => {
  const before = BigInt(Date.now()) * 1_000_000n;
  tracing.tracer.startTrace("now").end();
  const after = BigInt(Date.now() + 1) * 1_000_000n;
  await tracing.flush();
  const span = receiver.spans.find(({ name }) => name === "now");
  assert.ok(span !== undefined);
  assert.ok(before <= span.startUnixNano && span.startUnixNano <= after);
});

test("readings keep their order and distance, to the nanosecond, while the system clock runs evenly", () => {
  const offsetMs = 1_790_000_000_000.3;
  const reading = fc.double({ min: 0, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(reading, fc.integer({ min: 0, max: 5_000_000 }), (firstMs, laterNanos) => {
      const clock = new WallClock(offsetMs);
      const secondMs = firstMs + laterNanos / 1e6;
      const at = (ms: number): bigint => {
        const [seconds, nanos] = clock.at(ms, Math.floor(ms + offsetMs));
        assert.ok(nanos >= 0 && nanos < 1e9);
        return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
      };
      const distance = Number(at(secondMs) - at(firstMs));
      // A double of 1e9 ms has steps of 0.12 microseconds.
      assert.ok(distance >= 0 && Math.abs(distance - laterNanos) < 250, `${distance}`);
    }),
  );
});

test("a system clock set forward is followed", () => {
  const clock = new WallClock(1000);
  assert.deepEqual(clock.at(5, 1005), [1, 5_000_000]);
  assert.deepEqual(clock.at(6, 9006), [9, 6_000_000]);
});

function spin(microseconds: number): void {
  const end = performance.now() + microseconds / 1000;
  while (performance.now() < end);
}
