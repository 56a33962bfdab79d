import type { Span } from "@culprit/trace-model";

/**
 * Spans encoded whole, or, where that does not fit, in halves of halves.
 * @param encode undefined: it does not fit; of a single span it never is
 */
export function* inPieces<T>(
  spans: readonly Span[],
  encode: (spans: readonly Span[]) => T | undefined,
): Generator<T> {
  const whole = encode(spans);
  if (whole !== undefined) {
    yield whole;
    return;
  }
  if (spans.length < 2) throw new Error("a single span does not fit");
  const half = spans.length >> 1;
  yield* inPieces(spans.slice(0, half), encode);
  yield* inPieces(spans.slice(half), encode);
}
