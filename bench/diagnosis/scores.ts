import { type Comparison, compare, type Difference, type JudgedOrder } from "./judged-order.ts";

export interface Score {
  readonly kind: string;
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
  /** Undefined where nothing of the kind was found. */
  readonly precision: number | undefined;
  /** Undefined where nothing of the kind was there to be found. */
  readonly recall: number | undefined;
}

export interface Scores {
  readonly scores: readonly Score[];
  readonly wrong: readonly Difference[];
  readonly missed: readonly Difference[];
}

export function scoresOf(orders: readonly JudgedOrder[], kinds: readonly string[]): Scores {
  const comparisons = orders.map(compare);
  const wrong = comparisons.flatMap((each) => each.wrong);
  const missed = comparisons.flatMap((each) => each.missed);
  // A kind that nobody knows is a false one, not none.
  const all = new Set([...kinds, ...wrong.map(({ kind }) => kind)]);
  return { scores: [...all].map((kind) => scoreOf(kind, comparisons)), wrong, missed };
}

function scoreOf(kind: string, comparisons: readonly Comparison[]): Score {
  const sum = (count: (each: Comparison) => number): number =>
    comparisons.reduce((total, each) => total + count(each), 0);
  const ofKind = (differences: readonly Difference[]): number =>
    differences.filter((difference) => difference.kind === kind).length;
  const right = sum((each) => (each.right.includes(kind) ? 1 : 0));
  const wrong = sum((each) => ofKind(each.wrong));
  const missed = sum((each) => ofKind(each.missed));
  return {
    kind,
    right,
    wrong,
    missed,
    precision: right + wrong === 0 ? undefined : right / (right + wrong),
    recall: right + missed === 0 ? undefined : right / (right + missed),
  };
}
