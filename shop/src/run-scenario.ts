import { emptyLoadState, type LoadOptions, type LoadState, runOpenLoop } from "./open-loop.ts";
import { healthyScenario } from "./scenario-list.ts";
import { scenarioOf } from "./scenarios.ts";
import type { Shop } from "./shop.ts";

export interface ScenarioLoad extends Omit<LoadOptions, "frontendUrl" | "before"> {
  readonly shop: Shop;
}

/** Orders of a scenario, with the restarts that belong to some of them. */
export async function runScenario(load: ScenarioLoad, state: LoadState): Promise<void> {
  const { shop, ...options } = load;
  const { restart, restartsBefore, maxOrdersPerSecond } = scenarioOf(load.scenario);
  await runOpenLoop(
    {
      ...options,
      ordersPerSecond: Math.min(load.ordersPerSecond, maxOrdersPerSecond ?? load.ordersPerSecond),
      frontendUrl: shop.frontendUrl,
      before: (index) => {
        if (restart === undefined || restartsBefore?.(index) !== true) return undefined;
        return () => shop.restart(restart.service, restart.env);
      },
    },
    state,
  );
}

/** Healthy orders, and then the restart by which some scenarios begin: it is told by what was before it. */
export async function beginScenario(load: Omit<ScenarioLoad, "seed">): Promise<void> {
  const { shop, signal } = load;
  const { restart, restartsBefore } = scenarioOf(load.scenario);
  if (restart === undefined || restartsBefore !== undefined) return;
  await runScenario({ ...load, scenario: healthyScenario, seed: 0 }, emptyLoadState());
  if (!signal.aborted) await shop.restart(restart.service, restart.env);
}
