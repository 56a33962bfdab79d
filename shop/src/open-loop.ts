import { setTimeout as sleep } from "node:timers/promises";
import { drawnOrder } from "./order-book.ts";
import { placeOrder } from "./place-order.ts";

export interface LoadOptions {
  readonly frontendUrl: string;
  readonly seed: number;
  readonly scenario: string;
  readonly ordersPerSecond: number;
  /** Undefined: until the signal. */
  readonly durationMs: number | undefined;
  readonly signal: AbortSignal;
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
  const startedMs = performance.now();
  const count =
    options.durationMs === undefined
      ? Number.POSITIVE_INFINITY
      : Math.round((options.durationMs / 1000) * options.ordersPerSecond);
  const pending = new Set<Promise<void>>();
  for (let index = 0; index < count && !options.signal.aborted; index++) {
    const dueMs = startedMs + (index / options.ordersPerSecond) * 1000;
    await pause(dueMs - performance.now(), options.signal);
    if (options.signal.aborted) break;
    const order = send(options, index, state).finally(() => pending.delete(order));
    pending.add(order);
  }
  await Promise.all(pending);
}

async function send(options: LoadOptions, index: number, state: LoadState): Promise<void> {
  const { seed, scenario, frontendUrl } = options;
  state.sent++;
  state.inFlight++;
  let outcome = "unreachable";
  try {
    const key = { seed, index, scenario };
    const result = await placeOrder(frontendUrl, drawnOrder(seed, index), key);
    outcome = result.outcome;
    state.totalMs += result.durationMs;
  } catch {
    // The frontend is gone; the count says so.
  }
  state.inFlight--;
  state.outcomes.set(outcome, (state.outcomes.get(outcome) ?? 0) + 1);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => {});
}
