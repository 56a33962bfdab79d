import {
  type Explanation,
  explanation,
  type TimeWindow,
  type Verdict,
  verdict,
} from "@culprit/api";

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

  async #ask(path: string, init: RequestInit = {}): Promise<unknown> {
    const signal = AbortSignal.timeout(30_000);
    const response = await fetch(`${this.#queryUrl}${path}`, { ...init, signal });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text);
  }
}
