import type { Store } from "@culprit/store";
import { judgeInThread } from "./judging.ts";
import { VerdictPass } from "./verdict-pass.ts";

/** Of errors of the same kind, one in this time is logged. */
const LOG_EVERY_MS = 60_000;

export interface RunningVerdictPass {
  readonly pass: VerdictPass;
  /** Lets what is being judged come to an end. */
  close(): Promise<void>;
}

/** @param runs false: what is stored is read, nothing is judged */
export async function startVerdictPass(
  { ledger, writer }: Pick<Store, "ledger" | "writer">,
  runs: boolean,
): Promise<RunningVerdictPass> {
  const pass = new VerdictPass(ledger, {
    startJudging: judgeInThread,
    waitingShare: () => writer.status.waitingShare,
    onError: rarely((message, error) => console.error(`verdicts: ${message}:`, error)),
  });
  await pass.open();
  const ended = runs ? pass.run() : Promise.resolve();
  return {
    pass,
    async close() {
      pass.stop();
      await ended;
    },
  };
}

type Log = (message: string, error: unknown) => void;

function rarely(log: Log): Log {
  let lastMs = Number.NEGATIVE_INFINITY;
  let left = 0;
  return (message, error) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < LOG_EVERY_MS) {
      left++;
      return;
    }
    log(left === 0 ? message : `${message} (and ${left} more since the last one told)`, error);
    lastMs = nowMs;
    left = 0;
  };
}
