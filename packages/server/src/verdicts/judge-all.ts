// For a folder that no server holds: judges all that an import or a server that was stopped left unjudged.

import type { Topology } from "@culprit/analysis";
import type { Store } from "@culprit/store";
import { judgeInPlace } from "./judging.ts";
import { VerdictPass } from "./verdict-pass.ts";

/** Resolves when every stored trace has its verdict, with what the traces told of the system. */
export async function judgeAll(
  { ledger, writer }: Store,
  onError: (message: string, error: unknown) => void,
): Promise<Topology> {
  await writer.flush();
  const pass = new VerdictPass(ledger, { startJudging: judgeInPlace, onError });
  await pass.open();
  await pass.runUntil(ledger.settledUntil());
  return pass.topology;
}
