// What the pass says about itself at /metrics.

import { Counter, Gauge, type Registry } from "prom-client";
import type { VerdictPass, VerdictPassStatus } from "./verdict-pass.ts";

export function observeVerdicts(registry: Registry, pass: Pick<VerdictPass, "status">): void {
  const registers = [registry];
  new Gauge({
    name: "culprit_verdict_lag_seconds",
    help: "By how much stored verdicts are behind the traces that have gone quiet",
    registers,
    collect() {
      this.set(pass.status.lagNanos / 1e9);
    },
  });
  const count = (name: string, help: string, value: (status: VerdictPassStatus) => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value(pass.status));
      },
    });
  count("culprit_judged_traces_total", "Verdicts stored", (status) => status.judgedTraces);
  count("culprit_judged_spans_total", "Spans of stored verdicts", (status) => status.judgedSpans);
  count(
    "culprit_unjudged_traces_total",
    "Traces that could not be judged: too large, or judging failed",
    (status) => status.unjudgedTraces,
  );
  count(
    "culprit_verdict_failures_total",
    "Turns of storing verdicts that failed and were tried again",
    (status) => status.failedTurns,
  );
}
