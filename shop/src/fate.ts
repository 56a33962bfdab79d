import { type Draw, type DrawKey, drawsOf } from "./draws.ts";

/** What the dice decide about one order. Durations in milliseconds, before any time scale. */
export interface Fate {
  readonly paymentDeclined: boolean;
  readonly stockInsufficient: boolean;
  readonly saveMs: number;
}

/** A fault to be found: what it does to an order, and the truth about it for whoever checks the finding. */
export interface Scenario {
  readonly name: string;
  /** Absent where nothing is at fault beyond the shop's everyday failures. */
  readonly truth?: { readonly service: string; readonly operation: string; readonly kind: string };
  readonly apply: (fate: Fate, draw: Draw) => Fate;
}

export const defaultScenario = "everyday";

/** Further scenarios are added here; services and load generator know them by name only. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map([
  [defaultScenario, { name: defaultScenario, apply: (fate: Fate): Fate => fate }],
]);

const declineShare = 0.05;
const insufficientShare = 0.1;
const saveFromMs = 100;
const saveToMs = 3500;
/** PostgreSQL cancels the save after this. */
export const saveLimitMs = 3000;

export function fateOf(key: DrawKey | undefined): Fate {
  const draw = drawsOf(key);
  const fate: Fate = {
    paymentDeclined: draw("payment-declined") < declineShare,
    stockInsufficient: draw("stock-insufficient") < insufficientShare,
    saveMs: saveMsOf(draw("save-duration")),
  };
  return scenarios.get(key?.scenario ?? defaultScenario)?.apply(fate, draw) ?? fate;
}

/**
 * In steps of 10 ms, and never the limit itself: a save as long as its limit would end either way, by
 * chance, and a seed would not say which.
 */
function saveMsOf(draw: number): number {
  const ms = Math.round((saveFromMs + draw * (saveToMs - saveFromMs)) / 10) * 10;
  return ms === saveLimitMs ? saveLimitMs + 10 : ms;
}

export type Outcome = "completed" | "payment_declined" | "insufficient_stock" | "database_timeout";

/** How an order ends, as far as the dice decide it. */
export function expectedOutcome(fate: Fate): Outcome {
  if (fate.paymentDeclined) return "payment_declined";
  if (fate.stockInsufficient) return "insufficient_stock";
  return fate.saveMs > saveLimitMs ? "database_timeout" : "completed";
}
