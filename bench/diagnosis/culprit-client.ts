import { setTimeout as sleep } from "node:timers/promises";
import {
  type Explanation,
  explanation,
  type TimeWindow,
  type Verdict,
  verdict,
} from "@culprit/api";

const catchUpLimitMs = 60_000;

/** Asks Culprit over HTTP, as everybody does. */
export class CulpritClient {
  readonly #queryUrl: string;

  constructor(queryUrl: string) {
    this.#queryUrl = queryUrl;
  }

  async verdict(traceId: string): Promise<Verdict> {
    return verdict.parse(await this.#ask(`/api/culprit/traces/${traceId}/verdict`));
  }

  async explain(baseline: readonly TimeWindow[], incident: TimeWindow): Promise<Explanation> {
    const body = JSON.stringify({ baseline, incident });
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body };
    return explanation.parse(await this.#ask("/api/culprit/explain", init));
  }

  /**
   * Resolves when so many traces have been judged and nothing waits to be: then Culprit knows all that the traces tell of
   * the services, and no verdict changes any more.
   */
  async caughtUp(traces: number): Promise<void> {
    const deadlineMs = performance.now() + catchUpLimitMs;
    for (;;) {
      const judged = await this.#metric("culprit_judged_traces_total");
      const lagSeconds = await this.#metric("culprit_verdict_lag_seconds");
      // A Culprit that judges only when it is asked.
      if (judged === undefined || lagSeconds === undefined) return;
      if (judged >= traces && lagSeconds === 0) return;
      if (performance.now() > deadlineMs) {
        throw new Error(`${judged} of ${traces} traces were judged, ${lagSeconds} s behind`);
      }
      await sleep(200);
    }
  }

  async #metric(name: string): Promise<number | undefined> {
    const text = await (await fetch(`${this.#queryUrl}/metrics`)).text();
    const value = new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  }

  async #ask(path: string, init: RequestInit = {}): Promise<unknown> {
    const signal = AbortSignal.timeout(30_000);
    const response = await fetch(`${this.#queryUrl}${path}`, { ...init, signal });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text);
  }
}
