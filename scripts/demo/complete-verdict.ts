import { setTimeout as sleep } from "node:timers/promises";

/** What the demonstration reads of a verdict; the whole document is `Verdict` in `@culprit/api`. */
export interface VerdictDocument {
  readonly root: { readonly service: string } | null;
  readonly durationNanos: number;
  readonly spanCount: number;
  readonly orphanSpanCount: number;
  readonly services: readonly { readonly service: string }[];
  readonly summary: string;
}

const pollMs = 500;
/** Services send every half second; a trace that did not grow for this long will not. */
const quietMs = 1500;
const limitMs = 30_000;

/**
 * The verdict once the trace is whole: the services that took part are there, every parent has arrived,
 * and no span came for a while. After the limit the last one seen, or undefined.
 */
export async function completeVerdict(
  queryUrl: string,
  traceId: string,
  services: readonly string[],
  signal: AbortSignal,
): Promise<{ verdict: VerdictDocument | undefined; complete: boolean }> {
  const deadlineMs = performance.now() + limitMs;
  let verdict: VerdictDocument | undefined;
  let grownMs = performance.now();
  while (performance.now() < deadlineMs && !signal.aborted) {
    const next = await fetchVerdict(queryUrl, traceId);
    if (next?.spanCount !== verdict?.spanCount) grownMs = performance.now();
    verdict = next ?? verdict;
    const quiet = performance.now() - grownMs >= quietMs;
    if (verdict !== undefined && quiet && isWhole(verdict, services)) {
      return { verdict, complete: true };
    }
    await sleep(pollMs);
  }
  return { verdict, complete: false };
}

function isWhole(verdict: VerdictDocument, services: readonly string[]): boolean {
  const present = new Set(verdict.services.map(({ service }) => service));
  return (
    verdict.orphanSpanCount === 0 &&
    verdict.root?.service === "frontend-service" &&
    services.every((service) => present.has(service))
  );
}

async function fetchVerdict(
  queryUrl: string,
  traceId: string,
): Promise<VerdictDocument | undefined> {
  try {
    const response = await fetch(`${queryUrl}/api/culprit/traces/${traceId}/verdict`);
    if (!response.ok) {
      await response.body?.cancel();
      return undefined;
    }
    return (await response.json()) as VerdictDocument;
  } catch {
    return undefined;
  }
}
