// A profile: stored verdicts summed by the database, and traces that have none yet judged here, so that the sums are
// those of all traces that are stored now.

import {
  bandAt,
  bandLimits,
  type Judgement,
  judgeTrace,
  ProfileSums,
  renderFoldedStacks,
  type Topology,
} from "@culprit/analysis";
import type { Profile } from "@culprit/api";
import {
  MAX_UNJUDGED,
  type ProfileReader,
  type StoredProfile,
  type VerdictFilter,
  type VerdictQuery,
} from "@culprit/store";
import { assembleTrace, type DurationNanos } from "@culprit/trace-model";
import type { ProfileRequest } from "./profile-request.ts";

export async function traceProfile(
  reader: ProfileReader,
  topology: Topology,
  { window, query }: ProfileRequest,
): Promise<Profile> {
  const { stored, durations, judgedNow, limits } = await gather(reader, topology, query);
  const sums = new ProfileSums(limits);
  sums.addDurations(durations);
  for (const [band, path] of (await stored.paths(limits)).entries()) {
    for (const part of path) sums.addPath(band, part);
  }
  for (const trace of judgedNow) sums.addTrace(trace);
  const bands = sums.bands();
  return {
    window,
    traceCount: bands.reduce((count, { traceCount }) => count + traceCount, 0),
    warnings: warningsOf(stored),
    bands,
  };
}

/** Folded stacks as text. @param band of PERCENTILE_BANDS; absent: all */
export async function foldedProfile(
  reader: ProfileReader,
  topology: Topology,
  { query }: ProfileRequest,
  band: number | undefined,
): Promise<string> {
  const { stored, judgedNow, limits } = await gather(reader, topology, query);
  const inBand = judgedNow.filter(
    ({ durationNanos }) => band === undefined || bandAt(limits, durationNanos) === band,
  );
  return renderFoldedStacks([
    ...(await stored.stacks(limits, band)),
    ...inBand.map(({ path }) => path),
  ]);
}

interface Gathered {
  readonly stored: StoredProfile;
  /** Of the stored ones, ascending. */
  readonly durations: Float64Array;
  readonly judgedNow: readonly Pick<Judgement, "durationNanos" | "path">[];
  readonly limits: readonly DurationNanos[];
}

async function gather(
  reader: ProfileReader,
  topology: Topology,
  query: VerdictQuery,
): Promise<Gathered> {
  const stored = await reader.profile(query);
  const judgedNow: Pick<Judgement, "durationNanos" | "path">[] = [];
  for await (const traces of stored.unjudged()) {
    for (const { spans, lateSpanIds } of traces) {
      const judged = judgeTrace(assembleTrace(spans), { topology, lateSpanIds });
      if (!isAsked(judged, query)) continue;
      judgedNow.push({ durationNanos: judged.durationNanos, path: judged.path });
    }
  }
  const durations = await stored.durations();
  return { stored, durations, judgedNow, limits: bandLimits(together(durations, judgedNow)) };
}

/** All durations, ascending. */
function together(
  stored: Float64Array,
  judged: readonly Pick<Judgement, "durationNanos">[],
): Float64Array {
  if (judged.length === 0) return stored;
  const all = new Float64Array(stored.length + judged.length);
  all.set(stored);
  judged.forEach(({ durationNanos }, i) => {
    all[stored.length + i] = durationNanos;
  });
  return all.sort();
}

function isAsked(judged: Judgement, { fromUnixNano, toUnixNano, traces }: VerdictQuery): boolean {
  return (
    judged.startUnixNano >= fromUnixNano &&
    judged.startUnixNano < toUnixNano &&
    meets(judged, traces?.verdict ?? {})
  );
}

function meets(judged: Judgement, filter: VerdictFilter): boolean {
  const { bottleneckService, findingKind, errorOrigin } = filter;
  return (
    (bottleneckService === undefined || judged.bottleneckService === bottleneckService) &&
    (findingKind === undefined || judged.findingKinds.includes(findingKind)) &&
    (errorOrigin === undefined || judged.errorOrigins.includes(errorOrigin))
  );
}

function warningsOf({ unjudgedCount, notJudgedCount }: StoredProfile): string[] {
  const warnings: string[] = [];
  const left = unjudgedCount - MAX_UNJUDGED;
  if (left > 0) {
    warnings.push(
      `${left} traces that arrived last have no verdict yet and may be missing: only ${MAX_UNJUDGED} are judged at once. Ask again when the judge has caught up.`,
    );
  }
  if (notJudgedCount > 0) {
    warnings.push(
      `${notJudgedCount} traces of about that time could not be judged and are missing: they are too large, or judging failed.`,
    );
  }
  return warnings;
}
