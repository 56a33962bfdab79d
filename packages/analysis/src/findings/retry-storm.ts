// Retries inside of retries: the attempts of the levels multiply.

import type { RetriedCall } from "../attempts.ts";
import type { Facts } from "../facts.ts";
import { operationOf } from "../naming.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const retryStorm: Finder = { kind: "retry-storm", find };

interface Level {
  readonly retried: RetriedCall;
  /** The level within an attempt of this one that multiplies most. */
  inner: Level | undefined;
  /** Attempts of this level times those of the inner ones. */
  product: number;
  isInner: boolean;
}

function find(facts: Facts): readonly Detected[] {
  const retries = facts.retries();
  if (retries.length < 2) return [];
  const levels = nested(facts, retries);
  const storms = levels.filter(
    ({ inner, isInner, product }) =>
      inner !== undefined && !isInner && product > facts.thresholds.retryStormAttempts,
  );
  storms.sort((a, b) => b.product - a.product || a.retried.caller - b.retried.caller);
  return storms.map((storm) => () => describe(facts, storm));
}

function nested({ trace }: Facts, retries: readonly RetriedCall[]): Level[] {
  const levels = retries.map(
    (retried): Level => ({
      retried,
      inner: undefined,
      product: retried.attempts.length,
      isInner: false,
    }),
  );
  const levelOf = new Map<number, Level>();
  for (const level of levels) for (const row of level.retried.attempts) levelOf.set(row, level);
  // The level in whose attempt each row lies.
  const around: (Level | undefined)[] = new Array(trace.spans.length);
  for (let row = 0; row < trace.spans.length; row++) {
    const above = trace.parent[row] as number;
    around[row] = levelOf.get(row) ?? (above < 0 ? undefined : around[above]);
  }
  // Callers ascend, so that backwards the inner levels come first.
  for (const level of levels.toReversed()) {
    const outer = around[level.retried.caller];
    if (outer === undefined || outer === level) continue;
    level.isInner = true;
    const product = outer.retried.attempts.length * level.product;
    if (product <= outer.product) continue;
    outer.product = product;
    outer.inner = level;
  }
  return levels;
}

function describe({ trace }: Facts, storm: Level): FoundFinding {
  const chain: RetriedCall[] = [];
  for (let at: Level | undefined = storm; at !== undefined; at = at.inner) chain.push(at.retried);
  const innermost = chain.at(-1) as RetriedCall;
  const factors = chain.map(({ attempts }) => attempts.length).join(" x ");
  const callers = chain.map(({ caller }) => operationOf(trace, caller)).join(", then ");
  const called = operationOf(trace, innermost.calls[0] as number);
  const rows = [...new Set(chain.flatMap(({ calls }) => calls))];
  return {
    row: storm.retried.caller,
    rows,
    evidence: `attempts multiplied over ${chain.length} levels, ${factors} = ${storm.product}: ${callers} each tried again, down to ${called}`,
    drags: true,
    dragRows: storm.retried.attempts.slice(0, storm.retried.succeeded ? -1 : undefined),
    recommendation: `Retry at one level only: let ${operationOf(trace, storm.retried.caller)} and what it calls share a budget of attempts, and put a circuit breaker in front of ${called}.`,
  };
}
