import assert from "node:assert/strict";
import { test } from "node:test";
import { ArrivalClock } from "./arrival-clock.ts";

function clockOf(): { clock: ArrivalClock; set(system: bigint, elapsedMs: number): void } {
  let system = 1_000_000_000n;
  let elapsed = 0;
  const clock = new ArrivalClock({
    systemUnixNano: () => system,
    elapsedMs: () => elapsed,
  });
  return {
    clock,
    set(systemUnixNano, elapsedMs) {
      system = systemUnixNano;
      elapsed = elapsedMs;
    },
  };
}

test("it says the system's time while that goes forward, jumps included", () => {
  const { clock, set } = clockOf();
  assert.equal(clock.now(), 1_000_000_000n);
  set(9_000_000_000n, 1);
  assert.equal(clock.now(), 9_000_000_000n);
});

test("when the system's clock goes back, it goes on at the pace of the counter", () => {
  const { clock, set } = clockOf();
  clock.now();
  set(500_000_000n, 2);
  assert.equal(clock.now(), 1_002_000_000n);
  set(501_000_000n, 3);
  assert.equal(clock.now(), 1_003_000_000n);
  set(1_100_000_000n, 4);
  assert.equal(clock.now(), 1_100_000_000n);
});

test("it starts after a time that has passed", () => {
  const { clock, set } = clockOf();
  clock.passed(2_000_000_000n);
  assert.equal(clock.now(), 2_000_000_001n);
  set(1_000_000_000n, 1);
  assert.equal(clock.now(), 2_001_000_001n);
  clock.passed(5n);
  assert.equal(clock.now(), 2_001_000_001n);
});
