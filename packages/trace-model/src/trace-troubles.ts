// What was wrong with a trace's spans, in words: once for the trace with a count, and once on each span.

import type { SpanWarning } from "./trace.ts";

/** Bits of a byte, one set a span. */
export const Trouble = {
  orphan: 1,
  cycle: 2,
  copies: 4,
  negative: 8,
  tooLong: 16,
  tooFar: 32,
} as const;

interface Wording {
  readonly trouble: number;
  readonly one: string;
  /** `#` is their number. */
  readonly several: string;
  readonly onSpan: string;
}

const WORDINGS: readonly Wording[] = [
  {
    trouble: Trouble.orphan,
    one: "1 span points to a parent that never arrived",
    several: "# spans point to a parent that never arrived",
    onSpan: "its parent never arrived",
  },
  {
    trouble: Trouble.cycle,
    one: "1 cycle of parents was cut at its earliest span",
    several: "# cycles of parents were cut, each at its earliest span",
    onSpan: "a cycle of parents was cut here",
  },
  {
    trouble: Trouble.copies,
    one: "1 span arrived in differing copies; the one that ends last was kept",
    several: "# spans arrived in differing copies; the ones that end last were kept",
    onSpan: "arrived in differing copies; the one that ends last was kept",
  },
  {
    trouble: Trouble.negative,
    one: "1 span ends before it starts and counts as zero length",
    several: "# spans end before they start and count as zero length",
    onSpan: "ends before it starts and counts as zero length",
  },
  {
    trouble: Trouble.tooLong,
    one: "1 span is longer than 2^53-1 ns (104 days) and was cut to that",
    several: "# spans are longer than 2^53-1 ns (104 days) and were cut to that",
    onSpan: "longer than 2^53-1 ns (104 days); cut to that",
  },
  {
    trouble: Trouble.tooFar,
    one: "1 span reaches more than 2^53-1 ns (104 days) away from the root and was brought to that distance",
    several:
      "# spans reach more than 2^53-1 ns (104 days) away from the root and were brought to that distance",
    onSpan: "reaches more than 2^53-1 ns (104 days) away from the root; brought to that distance",
  },
];

export interface TraceWarnings {
  readonly warnings: readonly string[];
  readonly spanWarnings: readonly SpanWarning[];
}

const NO_WARNINGS: TraceWarnings = { warnings: [], spanWarnings: [] };

/** @param troubles one byte a row */
export function troubleWarnings(spanIds: readonly string[], troubles: Uint8Array): TraceWarnings {
  if (!troubles.some((trouble) => trouble !== 0)) return NO_WARNINGS;
  const counts = WORDINGS.map(() => 0);
  const spanWarnings: SpanWarning[] = [];
  for (let row = 0; row < troubles.length; row++) {
    const trouble = troubles[row] as number;
    if (trouble === 0) continue;
    WORDINGS.forEach((wording, index) => {
      if ((trouble & wording.trouble) === 0) return;
      counts[index] = (counts[index] as number) + 1;
      spanWarnings.push({ spanId: spanIds[row] as string, message: wording.onSpan });
    });
  }
  const warnings = WORDINGS.flatMap((wording, index) => {
    const count = counts[index] as number;
    if (count === 0) return [];
    return [count === 1 ? wording.one : wording.several.replace("#", count.toString())];
  });
  return { warnings, spanWarnings };
}
