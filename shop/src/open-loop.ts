import { setTimeout as sleep } from "node:timers/promises";
import type { DrawKey } from "./draws.ts";
import { drawnOrder } from "./order-book.ts";
import { type OrderResult, placeOrder } from "./place-order.ts";

export interface LoadOptions {
  readonly frontendUrl: string;
  readonly seed: number;
  readonly scenario: string;
  readonly ordersPerSecond: number;
  /** How many orders; undefined: until the signal. */
  readonly count: number | undefined;
  readonly signal: AbortSignal;
  /** Called with each answer. */
  readonly onResult?: (key: DrawKey, result: OrderResult) => void;
  /** Given for an order that has to wait until the earlier ones are answered, and that the later ones wait for. */
  readonly before?: (index: number) => (() => Promise<void>) | undefined;
}

export interface LoadState {
  sent: number;
  inFlight: number;
  /** Answers by outcome; `unreachable` when there was none. */
  readonly outcomes: Map<string, number>;
  /** Of the answers, in milliseconds. */
  totalMs: number;
}

export function emptyLoadState(): LoadState {
  return { sent: 0, inFlight: 0, outcomes: new Map(), totalMs: 0 };
}

/**
 * Open loop: order k leaves at its time whether or not earlier ones are answered, as customers do, so that
 * a slow shop is not spared by its own slowness. Resolves when the last answer is in.
 */
export async function runOpenLoop(options: LoadOptions, state: LoadState): Promise<void> {
  const count = options.count ?? Number.POSITIVE_INFINITY;
  const pending = new Set<Promise<void>>();
  let startedMs = performance.now();
  for (let index = 0; index < count && !options.signal.aborted; index++) {
    const dueMs = startedMs + (index / options.ordersPerSecond) * 1000;
    await pause(dueMs - performance.now(), options.signal);
    const before = options.before?.(index);
    if (before !== undefined) {
      await Promise.all(pending);
      if (!options.signal.aborted) await before();
    }
    if (options.signal.aborted) break;
    const order = send(options, index, state).finally(() => pending.delete(order));
    pending.add(order);
    if (before !== undefined) {
      await order;
      // The others do not make up for the time it took.
      startedMs += Math.max(0, performance.now() - dueMs);
    }
  }
  await Promise.all(pending);
}

async function send(options: LoadOptions, index: number, state: LoadState): Promise<void> {
  const { seed, scenario, frontendUrl } = options;
  state.sent++;
  state.inFlight++;
  let outcome = "unreachable";
  const key = { seed, index, scenario };
  const result = await placeOrder(frontendUrl, drawnOrder(seed, index), key).catch(() => undefined);
  // Otherwise the frontend is gone; the count says so.
  if (result !== undefined) {
    outcome = result.outcome;
    state.totalMs += result.durationMs;
    options.onResult?.(key, result);
  }
  state.inFlight--;
  state.outcomes.set(outcome, (state.outcomes.get(outcome) ?? 0) + 1);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => {});
}
