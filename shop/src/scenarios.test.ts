import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { drawsOf } from "./draws.ts";
import { expectedOutcome } from "./fate.ts";
import { drawnOrder } from "./order-book.ts";
import type { Scenario } from "./scenario.ts";
import { defaultScenario, healthyScenario } from "./scenario-list.ts";
import { fateOf, scenarioOf, scenarios, truthLine } from "./scenarios.ts";
import { findingKinds, type TruthLine } from "./truth.ts";

const traceIds = ["0".repeat(31), "f".repeat(31)].flatMap((half) => [`${half}1`, `${half}f`]);

function linesOf({ name }: Scenario, orders: number): TruthLine[] {
  return Array.from({ length: orders }, (_, index) => {
    const key = { seed: 1, index, scenario: name };
    const outcome = expectedOutcome(fateOf(key));
    const traceId = traceIds[index % traceIds.length] ?? "";
    return truthLine(key, { outcome, traceId, durationMs: 0 });
  });
}

for (const scenario of scenarios.values()) {
  test(`${scenario.name}: its truth is of known kinds, and says where the fault is`, () => {
    const lines = linesOf(scenario, 100);
    for (const { expected, allowed, service, operation } of lines) {
      for (const kind of [...expected, ...allowed]) assert.ok(findingKinds.includes(kind), kind);
      assert.equal(new Set([...expected, ...allowed]).size, expected.length + allowed.length);
      assert.equal(service === null, operation === null);
      if (service === null) assert.deepEqual([...expected, ...allowed], []);
    }
    const faulty = lines.filter((line) => line.service !== null).length;
    assert.equal(faulty > 0, scenario.name !== healthyScenario, `${faulty} faulty orders`);
    const { culprit } = scenario;
    assert.ok(culprit === undefined || scenario.truthOf !== scenarioOf(healthyScenario).truthOf);
  });

  test(`${scenario.name}: its name can travel with an order`, () => {
    assert.match(scenario.name, /^[a-z0-9-]{1,64}$/);
  });
}

test("a fault with a culprit meets enough of 20 orders to be seen among them", () => {
  for (const scenario of scenarios.values()) {
    if (scenario.culprit === undefined) continue;
    const faulty = linesOf(scenario, 20).filter((line) => line.service !== null).length;
    assert.ok(faulty >= 3, `${scenario.name}: ${faulty}`);
  }
});

test("the truth of an order is the same whenever it is asked for", () => {
  const names = fc.constantFrom(...scenarios.keys());
  fc.assert(
    fc.property(names, fc.nat(), fc.nat(), (scenario, seed, index) => {
      const key = { seed, index, scenario };
      const result = { outcome: "completed", traceId: "0".repeat(32), durationMs: 1 };
      assert.deepEqual(truthLine(key, result), truthLine(key, result));
    }),
  );
});

test("a healthy order meets nothing: no declines, stock for all, saves of 0.1 to 0.4 s", () => {
  for (let index = 0; index < 2000; index++) {
    const key = { seed: 3, index, scenario: healthyScenario };
    const fate = fateOf(key);
    assert.equal(expectedOutcome(fate), "completed");
    assert.ok(fate.saveMs >= 100 && fate.saveMs <= 400, `${fate.saveMs}`);
    const line = truthLine(key, { outcome: "completed", traceId: "1".repeat(32), durationMs: 1 });
    assert.deepEqual([line.service, ...line.expected, ...line.allowed], [null]);
  }
});

test("an everyday order that PostgreSQL cancels is a slow query and a timeout", () => {
  const cancelled = linesOf(scenarioOf(defaultScenario), 400).filter(
    (line) => line.outcome === "database_timeout",
  );
  assert.ok(cancelled.length > 20);
  for (const { expected, service } of cancelled) {
    assert.deepEqual([service, ...expected], ["order-service", "slow-query", "timeout"]);
  }
});

test("one product's query is slow in the orders that want it, and in no others", () => {
  const lines = linesOf(scenarioOf("one-product"), 100);
  for (const { index, seed, expected } of lines) {
    const wanted = drawnOrder(seed, index).items.some(({ name }) => name === "Webcam");
    assert.deepEqual(expected, wanted ? ["slow-query"] : []);
  }
});

test("an unknown scenario is an everyday one", () => {
  const key = { seed: 5, index: 6, scenario: "no-such" };
  assert.deepEqual(fateOf(key), scenarioOf(defaultScenario).fateOf(drawsOf(key)));
});
