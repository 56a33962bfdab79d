import type { Draw } from "./draws.ts";

/** What one order meets, beyond what it asks for. Durations in milliseconds, before any time scale. */
export interface Fate {
  readonly paymentDeclined: boolean;
  readonly stockInsufficient: boolean;
  readonly saveMs: number;
  /** How long the payment gateway thinks. */
  readonly chargeMs: number;
  /** The gateway refuses (503) so many attempts to charge before it takes one. */
  readonly chargeRefusals: number;
  /** How often a refused call is tried in all. There is no pause in between. */
  readonly attempts: number;
  /** What order-service answers at once, with 503, to each attempt. */
  readonly finalizeRefused: boolean;
  /** How long the frontend waits for the payment; undefined for as long as it takes. */
  readonly patienceMs: number | undefined;
  /** How inventory-service learns what is in stock. */
  readonly stockQueries: "one" | "one-a-shelf";
  /** A product whose stock takes inventory-service a slow query. */
  readonly slowProduct: string | undefined;
  /** What payment-service reads about an order before it charges. */
  readonly riskReads: "none" | "shelf-after-shelf" | "shelves-at-once" | "service-after-service";
  /** How long a job of order-service holds all of its connections just before the order wants one. */
  readonly poolHeldMs: number;
  readonly mailRefused: boolean;
  /** Which instance takes the order, of a service that has two. */
  readonly instance: 0 | 1;
}

const declineShare = 0.05;
const insufficientShare = 0.1;
/** PostgreSQL cancels the save after this. */
export const saveLimitMs = 3000;

const faultless: Fate = {
  paymentDeclined: false,
  stockInsufficient: false,
  saveMs: 100,
  chargeMs: 300,
  chargeRefusals: 0,
  attempts: 1,
  finalizeRefused: false,
  patienceMs: undefined,
  stockQueries: "one",
  slowProduct: undefined,
  riskReads: "none",
  poolHeldMs: 0,
  mailRefused: false,
  instance: 0,
};

/** The guide's shop: 5 % declined, 10 % short of stock, saves of 0.1 to 3.5 s. */
export function everydayFate(draw: Draw): Fate {
  return {
    ...faultless,
    paymentDeclined: draw("payment-declined") < declineShare,
    stockInsufficient: draw("stock-insufficient") < insufficientShare,
    saveMs: saveMsOf(draw("save-duration"), 100, 3500),
  };
}

/** A shop in which nothing goes wrong. */
export function healthyFate(draw: Draw): Fate {
  return { ...faultless, saveMs: saveMsOf(draw("save-duration"), 100, 400) };
}

/**
 * In steps of 10 ms, and never the limit itself: a save as long as its limit would end either way, by
 * chance, and a seed would not say which.
 */
export function saveMsOf(draw: number, fromMs: number, toMs: number): number {
  const ms = Math.round((fromMs + draw * (toMs - fromMs)) / 10) * 10;
  return ms === saveLimitMs ? saveLimitMs + 10 : ms;
}

export type Outcome =
  | "completed"
  | "payment_declined"
  | "insufficient_stock"
  | "database_timeout"
  | "service_timeout"
  | "service_unavailable";

/** How an order ends, as far as the dice decide it. */
export function expectedOutcome(fate: Fate): Outcome {
  if (fate.patienceMs !== undefined) return "service_timeout";
  if (fate.chargeRefusals >= fate.attempts) return "service_unavailable";
  if (fate.paymentDeclined) return "payment_declined";
  if (fate.stockInsufficient) return "insufficient_stock";
  if (fate.finalizeRefused) return "service_unavailable";
  return fate.saveMs > saveLimitMs ? "database_timeout" : "completed";
}
