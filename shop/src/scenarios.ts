import { type DrawKey, drawsOf } from "./draws.ts";
import type { Fate } from "./fate.ts";
import { drawnOrder } from "./order-book.ts";
import type { OrderResult } from "./place-order.ts";
import type { Scenario } from "./scenario.ts";
import { defaultScenario, scenarioList } from "./scenario-list.ts";
import type { TruthLine } from "./truth.ts";

/** Services and load generator know them by name only. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map(
  scenarioList.map((scenario) => [scenario.name, scenario]),
);

/** An order of an unknown scenario is an everyday one. */
export function scenarioOf(name: string | undefined): Scenario {
  return scenarios.get(name ?? defaultScenario) ?? (scenarioList[0] as Scenario);
}

export function fateOf(key: DrawKey | undefined): Fate {
  return scenarioOf(key?.scenario).fateOf(drawsOf(key));
}

/** The truth about an order that was placed and answered. */
export function truthLine(key: DrawKey, result: OrderResult): TruthLine {
  const { seed, index } = key;
  const scenario = scenarioOf(key.scenario);
  const traceId = result.traceId ?? "";
  const order = drawnOrder(seed, index);
  const truth = scenario.truthOf({ index, order, fate: fateOf(key), traceId });
  return {
    traceId,
    scenario: scenario.name,
    seed,
    index,
    outcome: result.outcome,
    service: truth?.service ?? null,
    operation: truth?.operation ?? null,
    expected: truth?.expected ?? [],
    allowed: truth?.allowed ?? [],
  };
}
