// Conditions on stored verdicts as SQL.

import { quote } from "./sql.ts";
import type { VerdictFilter } from "./verdict-store.ts";

/**
 * Of several rows of a trace the one that knows the latest arrival counts, of those the one that was judged last. Traces that were judged again are few, and their rows
 * say so: only those are looked up.
 */
export const CURRENT: string = `not_judged = '' and (
  trace_id not in (select trace_id from culprit.verdicts where tenant = '' and again = 1)
  or (trace_id, (received_unix_nano, judged_unix_nano)) in (
    select trace_id, max((received_unix_nano, judged_unix_nano)) from culprit.verdicts
    where tenant = '' and trace_id in (select trace_id from culprit.verdicts where tenant = '' and again = 1)
    group by trace_id))`;

export function verdictConditions(filter: VerdictFilter): string[] {
  const { bottleneckService, findingKind, errorOrigin } = filter;
  const where: string[] = [];
  if (bottleneckService !== undefined) {
    // Empty stands for no bottleneck, and no service is called so.
    where.push(`bottleneck_service = ${quote(bottleneckService)} and bottleneck_service != ''`);
  }
  if (findingKind !== undefined) where.push(`has(finding_kinds, ${quote(findingKind)})`);
  if (errorOrigin !== undefined) where.push(`has(error_origins, ${quote(errorOrigin)})`);
  return where;
}

/** On a row of spans: that the verdict of its trace meets the filter. */
export function verdictCondition(filter: VerdictFilter): string {
  const where = ["tenant = ''", ...verdictConditions(filter), CURRENT];
  return `trace_id in (select trace_id from culprit.verdicts where ${where.join(" and ")})`;
}
