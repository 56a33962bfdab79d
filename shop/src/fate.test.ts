import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { expectedOutcome, saveLimitMs } from "./fate.ts";
import { defaultScenario } from "./scenario-list.ts";
import { fateOf } from "./scenarios.ts";

const keyOf = (seed: number, index: number) => ({ seed, index, scenario: defaultScenario });

test("an order of a seed has the same fate whenever it is asked for", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (seed, index) => {
      assert.deepEqual(fateOf(keyOf(seed, index)), fateOf(keyOf(seed, index)));
    }),
  );
});

test("neither seed nor index is without effect", () => {
  const fates = new Set<string>();
  for (let k = 0; k < 20; k++) {
    fates.add(JSON.stringify(fateOf(keyOf(k, 1))));
    fates.add(JSON.stringify(fateOf(keyOf(1, k + 100))));
  }
  assert.ok(fates.size > 30, `${fates.size} different fates of 40`);
});

test("shares and durations are the guide's: 5 % declined, 10 % short of stock, saves of 0.1 to 3.5 s", () => {
  const count = 20_000;
  const fates = Array.from({ length: count }, (_, index) => fateOf(keyOf(1, index)));
  const share = (of: readonly boolean[]): number => of.filter(Boolean).length / count;
  const declined = share(fates.map((fate) => fate.paymentDeclined));
  const short = share(fates.map((fate) => fate.stockInsufficient));
  // Four standard deviations of a share of 20,000 draws.
  assert.ok(Math.abs(declined - 0.05) < 0.0062, `${declined}`);
  assert.ok(Math.abs(short - 0.1) < 0.0085, `${short}`);
  const saves = fates.map((fate) => fate.saveMs);
  assert.ok(Math.min(...saves) >= 100 && Math.max(...saves) <= 3500);
  const meanMs = saves.reduce((sum, ms) => sum + ms, 0) / count;
  assert.ok(Math.abs(meanMs - 1800) < 28, `${meanMs}`);
});

test("no save is as long as its limit, so that a seed always says how it ends", () => {
  for (let index = 0; index < 20_000; index++) {
    assert.notEqual(fateOf(keyOf(2, index)).saveMs, saveLimitMs);
  }
});

test("the demo's seed shows a success, a declined payment and a cancelled save", () => {
  const outcomes = [0, 1, 2].map((index) => expectedOutcome(fateOf(keyOf(642, index))));
  assert.deepEqual(outcomes, ["completed", "payment_declined", "database_timeout"]);
});
