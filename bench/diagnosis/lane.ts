// What runs beside the others: a Culprit, and one shop after the other whose spans it gets.

import {
  emptyLoadState,
  healthyScenario,
  runScenario,
  type Scenario,
  type Shop,
  startShop,
} from "@culprit/shop";
import type { CulpritClient } from "./culprit-client.ts";
import type { BenchOptions } from "./options.ts";
import type { Turns } from "./turns.ts";

const warmUpOrders = 20;
/** Of warm-up; no order of it is like one of a scenario's. */
const warmUpSeed = 1_000_001;

export interface LaneParts {
  readonly culprit: CulpritClient;
  readonly otlpEndpoint: string;
  readonly options: BenchOptions;
  readonly turns: Turns;
  readonly signal: AbortSignal;
}

export class Lane {
  readonly parts: LaneParts;
  /** Orders whose traces its Culprit has got. */
  orderCount = 0;
  #usualShop: Shop | undefined;

  constructor(parts: LaneParts) {
    this.parts = parts;
  }

  /** Lends a warm shop: one for all scenarios whose processes are the usual ones, for any other one of its own. */
  async withShop<Result>(
    scenario: Scenario,
    use: (shop: Shop) => Promise<Result>,
  ): Promise<Result> {
    if (hasUsualShop(scenario)) {
      this.#usualShop ??= await this.#start(scenario);
      return use(this.#usualShop);
    }
    const shop = await this.#start(scenario);
    try {
      return await use(shop);
    } finally {
      await shop.stop();
    }
  }

  rateOf(scenario: Scenario): number {
    // What its shop can take holds for its healthy orders, too.
    return Math.min(this.parts.options.ordersPerSecond, scenario.maxOrdersPerSecond ?? Infinity);
  }

  /** A service ends when its last span has been acked, so nothing is waited for. */
  async stop(): Promise<void> {
    await this.#usualShop?.stop();
    this.#usualShop = undefined;
  }

  #start(scenario: Scenario): Promise<Shop> {
    const { otlpEndpoint, options, turns, signal } = this.parts;
    return turns.run("start", async () => {
      const shop = await startShop({
        otlpEndpoint,
        setup: scenario.setup ?? {},
        env: { OTEL_BSP_SCHEDULE_DELAY: "500" },
        signal,
      });
      const load = { shop, scenario: healthyScenario, seed: warmUpSeed, count: warmUpOrders };
      try {
        const { ordersPerSecond } = options;
        const state = emptyLoadState();
        await runScenario({ ...load, ordersPerSecond, signal }, state);
        this.orderCount += state.sent - (state.outcomes.get("unreachable") ?? 0);
        return shop;
      } catch (error) {
        await shop.stop();
        throw error;
      }
    });
  }
}

/** Whether its processes are those of any shop. */
export function hasUsualShop({ setup, restart }: Scenario): boolean {
  return setup === undefined && restart === undefined;
}
