// Asks a running server to explain, and hears how far it is.

import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { type ExplainRequest, type Explanation, explanation as schema } from "@culprit/api";
import { CommandFailed } from "./cli-error.ts";
import { reasonOf } from "./fetch-failure.ts";

/** @param done from 0 to 1 */
export type OnProgress = (done: number) => void;

interface Line {
  readonly progress?: number;
  readonly explanation?: unknown;
  readonly error?: { readonly message: string };
}

export async function postExplain(
  url: string,
  request: ExplainRequest,
  onProgress: OnProgress,
): Promise<Explanation> {
  let response: Response;
  try {
    response = await fetch(`${url}/api/culprit/explain`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/x-ndjson" },
      body: JSON.stringify(request),
    });
  } catch (error) {
    throw new CommandFailed(`no Culprit answers at ${url}: ${reasonOf(error)}`);
  }
  if (!response.ok || response.body === null) {
    throw new CommandFailed(
      `${url}/api/culprit/explain answers ${response.status}: ${await response.text()}`,
    );
  }
  try {
    for await (const text of createInterface({ input: Readable.from(response.body) })) {
      const line = JSON.parse(text) as Line;
      if (line.progress !== undefined) onProgress(line.progress);
      if (line.error !== undefined) throw new CommandFailed(`${url}: ${line.error.message}`);
      if (line.explanation !== undefined) return schema.parse(line.explanation);
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CommandFailed(`the answer of ${url} broke off: ${reasonOf(error)}`, { cause: error });
  }
  throw new CommandFailed(`the answer of ${url} ended before the explanation`);
}
