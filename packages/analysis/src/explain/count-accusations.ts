// Operations that no longer call what they used to, or call it more often than they ever did. Whoever calls decides that.
//
// Another mix of requests changes how often anything is called, so shares prove nothing. What counts is a call whose steps
// no call of the baseline took: a set of callees that is new and lacks a usual one, or more calls of one callee than ever
// before. How many new ones chance brings is told by those that the baseline has only once (Good and Turing's estimate).

import { type Accusation, EXAMPLES } from "./accusation.ts";
import { type Cohorts, Side } from "./cohorts.ts";
import { Newcomers } from "./newcomers.ts";
import type { Place, Places } from "./places.ts";
import { shareRise } from "./robust.ts";

/** What an operation does in fewer of its calls is no usual step of it. */
const USUAL_SHARE = 0.5;

/** A caller's place and one that it calls. */
interface Step {
  readonly above: number;
  readonly below: number;
  /** Calls of the caller in which the baseline takes it, and how often at most. */
  baselineCalls: number;
  mostOften: number;
  readonly lacking: Finding;
  readonly repeated: Finding;
}

/** Calls of the caller in the incident that show it. */
interface Finding {
  calls: number;
  extraNanos: number;
  readonly traces: number[];
}

/** @param incidentCount traces of the incident, those included that are not judged by their calls */
export function countAccusations(
  cohorts: Cohorts,
  incidentCount: number,
  places: Places,
  traceNanos: number,
): Accusation[] {
  const { all } = places;
  const callSets = new CallSets(cohorts, places);
  const baseline = callSets.baseline();
  const calls = callSets.incident(baseline);
  return [...baseline.steps.values()].flatMap((step): Accusation[] => {
    const { above, below, lacking, repeated } = step;
    const before = baseline.calls[above] ?? 0;
    const now = calls[above] ?? 0;
    const caller = all[above] as Place;
    // An answer that does not come is the callee's.
    const isUnanswered = caller.callee >= 0;
    const service = isUnanswered ? caller.callee : caller.service;
    const common = { service, place: below } as const;
    const callsATrace = now / incidentCount;
    const rare = [...(baseline.sets[above]?.values() ?? [])].filter((count) => count === 1).length;
    const missing = shareRise(rare, before, lacking.calls, now);
    const fanOut = shareRise(1, before, repeated.calls, now);
    const found: Accusation[] = [];
    if (missing > 0) {
      const cost = Math.min(1, missing * callsATrace);
      found.push({
        ...common,
        kind: "missing",
        isUnanswered,
        cost,
        examples: () => lacking.traces,
      });
    }
    if (fanOut > 0) {
      const cost = repeated.extraNanos / incidentCount / traceNanos;
      found.push({ ...common, kind: "fan-out", cost, examples: () => repeated.traces });
    }
    return found;
  });
}

interface BaselineCalls {
  readonly steps: ReadonlyMap<number, Step>;
  /** By place: calls of it. */
  readonly calls: readonly number[];
  /** By place: how many of its calls took each set of steps. */
  readonly sets: readonly ReadonlyMap<number, number>[];
}

/** Walks over the calls of each side, each with its steps. */
class CallSets {
  readonly #cohorts: Cohorts;
  readonly #places: Places;

  constructor(cohorts: Cohorts, places: Places) {
    this.#cohorts = cohorts;
    this.#places = places;
  }

  baseline(): BaselineCalls {
    const { all } = this.#places;
    const steps = new Map<number, Step>();
    const calls = all.map(() => 0);
    const sets = all.map(() => new Map<number, number>());
    this.#each(Side.baseline, (_, row, children) => {
      const above = this.#places.place[row] as number;
      calls[above] = (calls[above] ?? 0) + 1;
      const set = sets[above] as Map<number, number>;
      const hash = setHash(children);
      set.set(hash, (set.get(hash) ?? 0) + 1);
      for (const [below, { count }] of children) {
        const key = above * all.length + below;
        const step = steps.get(key) ?? newStep(above, below);
        steps.set(key, step);
        step.baselineCalls++;
        step.mostOften = Math.max(step.mostOften, count);
      }
    });
    return { steps, calls, sets };
  }

  /** Fills the findings of the steps; calls by place, without those below calls that nobody made before. */
  incident({ steps, calls: before, sets }: BaselineCalls): readonly number[] {
    const { all } = this.#places;
    const usual = Map.groupBy(
      [...steps.values()].filter(
        (step) => step.baselineCalls >= USUAL_SHARE * (before[step.above] ?? 0),
      ),
      (step) => step.above,
    );
    const calls = all.map(() => 0);
    const newcomers = new Newcomers(this.#cohorts, this.#places);
    this.#each(Side.incident, (trace, row, children) => {
      if (newcomers.firstOf(row) >= 0) return;
      const above = this.#places.place[row] as number;
      calls[above] = (calls[above] ?? 0) + 1;
      const isKnown = sets[above]?.has(setHash(children)) === true;
      for (const step of isKnown ? [] : (usual.get(above) ?? [])) {
        if (!children.has(step.below)) add(step.lacking, trace, 0);
      }
      for (const [below, { count, nanos }] of children) {
        const step = steps.get(above * all.length + below);
        if (step === undefined || count <= step.mostOften) continue;
        add(step.repeated, trace, (nanos * (count - step.mostOften)) / count);
      }
    });
    return calls;
  }

  #each(
    of: Side,
    visit: (trace: number, row: number, children: ReadonlyMap<number, Child>) => void,
  ): void {
    const { columns, side } = this.#cohorts;
    const { place } = this.#places;
    for (let trace = 0; trace < side.length; trace++) {
      if (side[trace] !== of) continue;
      const begin = columns.firstRow[trace] as number;
      const end = columns.firstRow[trace + 1] as number;
      const childrenOf = new Map<number, Map<number, Child>>();
      for (let row = begin; row < end; row++) {
        const parent = columns.parent[row] as number;
        if (parent < 0) continue;
        const children = childrenOf.get(parent) ?? new Map<number, Child>();
        childrenOf.set(parent, children);
        const below = place[row] as number;
        const child = children.get(below) ?? { count: 0, nanos: 0 };
        children.set(below, child);
        child.count++;
        child.nanos += columns.durationNanos[row] as number;
      }
      for (let row = begin; row < end; row++) {
        visit(trace, row, childrenOf.get(row) ?? NO_CHILDREN);
      }
    }
  }
}

interface Child {
  count: number;
  nanos: number;
}

const NO_CHILDREN: ReadonlyMap<number, Child> = new Map();

function newStep(above: number, below: number): Step {
  const none = (): Finding => ({ calls: 0, extraNanos: 0, traces: [] });
  return { above, below, baselineCalls: 0, mostOften: 0, lacking: none(), repeated: none() };
}

function add(finding: Finding, trace: number, extraNanos: number): void {
  finding.calls++;
  finding.extraNanos += extraNanos;
  if (finding.traces.length < EXAMPLES && finding.traces.at(-1) !== trace) {
    finding.traces.push(trace);
  }
}

/** The same for any order: a sum of scattered numbers, 48 bits of it. */
function setHash(children: ReadonlyMap<number, Child>): number {
  let hash = 0;
  for (const place of children.keys()) {
    const low = Math.imul(place + 1, 0x9e3779b1) >>> 0;
    const high = Math.imul(place + 1, 0x85ebca6b) >>> 16;
    hash = (hash + high * 2 ** 32 + low) % 2 ** 48;
  }
  return hash;
}
