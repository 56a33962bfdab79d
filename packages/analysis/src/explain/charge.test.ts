import assert from "node:assert/strict";
import { test } from "node:test";
import { chargedServices } from "./charge.ts";
import { EXCESS_OPTIONS, type Excess } from "./excess.ts";
import type { Place } from "./places.ts";

const [shop, bank, stock, mail] = [0, 1, 2, 3] as const;

const work = (service: number): Place => ({
  service,
  operation: 0,
  callee: -1,
  calleeOperation: -1,
});
const call = (service: number, callee: number): Place => ({
  service,
  operation: 1,
  callee,
  calleeOperation: 0,
});
/** Far beyond the spread, or not at all. */
const slower: Excess = { nanos: 1e9, shift: 30 };
const same: Excess = { nanos: 0, shift: 0 };

function charged(...slowness: readonly (readonly [Place, Excess])[]): number[] {
  const places = slowness.map(([place]) => place);
  const excess = slowness.map(([, of]) => of);
  return [...chargedServices(places, excess, EXCESS_OPTIONS)];
}

test("own work is the service's own", () => {
  assert.deepEqual(charged([work(shop), slower], [work(bank), same]), [shop, bank]);
});

test("a slow call is the callee's while the caller's other places are as ever", () => {
  assert.equal(
    charged([call(shop, bank), slower], [work(shop), same], [call(shop, stock), same])[0],
    bank,
  );
});

test("a slow call is the callee's when nothing else is known of either", () => {
  assert.deepEqual(charged([call(shop, bank), slower]), [bank]);
});

test("slow calls are the caller's when its work and its calls to all others got slower, too", () => {
  assert.deepEqual(
    charged(
      [call(shop, bank), slower],
      [call(shop, stock), slower],
      [call(shop, mail), slower],
      [work(shop), slower],
    ),
    [shop, shop, shop, shop],
  );
});

test("of two that are slow elsewhere the one with the larger part is charged", () => {
  const others = [
    [call(shop, stock), same],
    [call(shop, mail), slower],
  ] as const;
  assert.equal(
    charged([call(shop, bank), slower], [work(shop), same], [work(bank), slower], ...others)[0],
    bank,
  );
});

test("of several places towards one neighbour the slowest counts, and they count once", () => {
  const again = { ...call(shop, stock), operation: 2 };
  assert.deepEqual(
    charged([call(shop, bank), slower], [call(shop, stock), same], [again, slower]),
    [shop, shop, shop],
  );
});
