// All kinds of findings, in the order in which a verdict lists them.

import type { Finding } from "@culprit/api";
import type { Facts } from "../facts.ts";
import { bottleneck } from "./bottleneck.ts";
import { clockSkew } from "./clock-skew.ts";
import { coldStart } from "./cold-start.ts";
import { fanOut } from "./fan-out.ts";
import { type Finder, findingOf } from "./finding.ts";
import { lateSpans } from "./late-spans.ts";
import { missingInstrumentation } from "./missing-instrumentation.ts";
import { nPlusOneCall } from "./n-plus-one-call.ts";
import { nPlusOneQuery } from "./n-plus-one-query.ts";
import { orphans } from "./orphans.ts";
import { poolWait } from "./pool-wait.ts";
import { retry } from "./retry.ts";
import { retryStorm } from "./retry-storm.ts";
import { sequentialCalls } from "./sequential-calls.ts";
import { slowQuery } from "./slow-query.ts";
import { slowService } from "./slow-service.ts";
import { slowTrace } from "./slow-trace.ts";
import { swallowedError } from "./swallowed-error.ts";
import { timeout } from "./timeout.ts";
import { unmarkedError } from "./unmarked-error.ts";
import { wastedWork } from "./wasted-work.ts";

export const FINDERS: readonly Finder[] = [
  bottleneck,
  timeout,
  retryStorm,
  retry,
  slowTrace,
  slowService,
  slowQuery,
  nPlusOneQuery,
  nPlusOneCall,
  sequentialCalls,
  fanOut,
  poolWait,
  coldStart,
  wastedWork,
  swallowedError,
  unmarkedError,
  missingInstrumentation,
  orphans,
  clockSkew,
  lateSpans,
];

/** In the order in which a verdict lists them. */
export const FINDING_KINDS: readonly string[] = FINDERS.map(({ kind }) => kind);

/** Findings of one kind: more would bury the others, and each of several spans costs a replay of the trace. */
const MAX_OF_A_KIND = 20;

export interface Findings {
  readonly findings: readonly Finding[];
  /** What was left out, in words. */
  readonly warnings: readonly string[];
}

export function findAll(facts: Facts): Findings {
  const findings: Finding[] = [];
  const warnings: string[] = [];
  for (const finder of FINDERS) {
    const found = finder.find(facts);
    for (const one of found.slice(0, MAX_OF_A_KIND)) {
      findings.push(findingOf(finder.kind, facts, one()));
    }
    if (found.length > MAX_OF_A_KIND) {
      warnings.push(
        `${found.length - MAX_OF_A_KIND} more findings of kind ${finder.kind} left out`,
      );
    }
  }
  return { findings, warnings };
}
