// Traces as no tracer should send them, small enough to shrink: few ids (so that they repeat, clash and circle), times
// that coincide, run backwards or lie at the edges of 64 bits.

import type { Span } from "@culprit/trace-model";
import fc from "fast-check";
import { sketched } from "./sketched-span.ts";

const EDGES = [0n, 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];

export interface TraceShape {
  readonly maxSpans: number;
  /** Times at the edges of 64 bits besides those between 0 and 60. */
  readonly wildTimes: boolean;
}

export function malformedTraces({ maxSpans, wildTimes }: TraceShape): fc.Arbitrary<Span[]> {
  const near = fc.integer({ min: 0, max: 60 }).map(BigInt);
  const time = wildTimes
    ? fc.oneof({ weight: 6, arbitrary: near }, fc.constantFrom(...EDGES))
    : near;
  const id = fc.integer({ min: 1, max: maxSpans }).map((number) => number.toString(16));
  const span = fc
    .record({
      id,
      parent: fc.oneof({ weight: 1, arbitrary: fc.constant("") }, { weight: 5, arbitrary: id }),
      start: time,
      end: time,
      name: fc.constantFrom("a", "b", "c"),
      service: fc.constantFrom("one", "two", "three"),
      kind: fc.integer({ min: 0, max: 5 }),
      status: fc.constantFrom(0, 0, 0, 1, 2),
      attributes: fc.constantFrom<Record<string, bigint | string>>(
        {},
        {},
        { "http.response.status_code": 503n },
        { "db.system.name": "postgresql" },
      ),
    })
    .map(sketched);
  return fc.array(span, { minLength: 1, maxLength: maxSpans, size: "max" });
}

/** Distinct ids, parents that exist and ends after starts; children may lie anywhere. */
export function tidyTraces(maxSpans: number): fc.Arbitrary<Span[]> {
  const span = fc.record({
    above: fc.nat(),
    start: fc.integer({ min: 0, max: 100 }),
    length: fc.integer({ min: 0, max: 60 }),
    service: fc.constantFrom("one", "two", "three"),
    kind: fc.constantFrom(1, 1, 1, 2, 3, 4, 5),
  });
  return fc.array(span, { minLength: 1, maxLength: maxSpans, size: "max" }).map((drawn) =>
    drawn.map(({ above, start, length, service, kind }, i) =>
      sketched({
        id: (i + 1).toString(16),
        ...(i === 0 ? {} : { parent: ((above % i) + 1).toString(16) }),
        start: i === 0 ? 0 : start,
        end: i === 0 ? 120 : start + length,
        service,
        kind,
      }),
    ),
  );
}

export function shuffled<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
}
