// From a question to its explanation: columns from the store, judged by analysis.

import { explainGroups, splitSides } from "@culprit/analysis";
import type { Explanation } from "@culprit/api";
import type { Cohort, CohortReader } from "@culprit/store";
import type { ExplainQuestion } from "./explain-request.ts";

export async function explainTraces(
  reader: CohortReader,
  { baseline, incident, groups, split, mark, conditions }: ExplainQuestion,
  onProgress: (done: number) => void = () => undefined,
): Promise<Explanation> {
  const cohort = await reader.cohort({
    groups,
    conditions,
    onProgress,
    ...(mark === undefined ? undefined : { mark }),
  });
  const { columns, attributes } = cohort;
  // Groups are read in the order of the sides.
  const side = split === undefined ? columns.group : splitSides(columns, split);
  return explainGroups(
    { columns, side, attributes },
    { baseline, incident },
    warningsOf(cohort, split !== undefined),
  );
}

function warningsOf({ sampledOneIn }: Cohort, isSplit: boolean): string[] {
  const names = isSplit ? ["window"] : ["baseline", "incident"];
  return sampledOneIn.flatMap((oneIn, group) =>
    oneIn === 1
      ? []
      : `The ${names[group]} has more traces than are compared: an even sample, one in ${oneIn}, was taken.`,
  );
}
