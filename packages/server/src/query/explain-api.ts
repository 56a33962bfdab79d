// POST /api/culprit/explain. With `Accept: application/x-ndjson` the answer is lines: {"progress":0.25} while it is worked
// on, then {"explanation":…} or {"error":…}. Otherwise it is the explanation.

import { Readable } from "node:stream";
import type { CohortReader } from "@culprit/store";
import { StatementTooLong, StoreUnavailable } from "@culprit/store";
import type { FastifyInstance } from "fastify";
import { apiErrorDocument } from "./api-error.ts";
import { type ExplainQuestion, parseExplainRequest } from "./explain-request.ts";
import { explainTraces } from "./explain-traces.ts";

const NDJSON = "application/x-ndjson";

export function registerExplainApi(app: FastifyInstance, reader: CohortReader): void {
  app.post("/api/culprit/explain", (request, reply) => {
    const question = parseExplainRequest(request.body);
    if (!(request.headers.accept ?? "").includes(NDJSON)) return explainTraces(reader, question);
    return reply.type(NDJSON).send(Readable.from(progressLines(reader, question)));
  });
}

async function* progressLines(
  reader: CohortReader,
  question: ExplainQuestion,
): AsyncGenerator<string> {
  const waiting: number[] = [];
  let wake = (): void => undefined;
  let isDone = false;
  const answer = explainTraces(reader, question, (done) => {
    waiting.push(done);
    wake();
  }).then(
    (explanation) => ({ explanation }),
    (error: unknown) => errorLine(error),
  );
  void answer.then(() => {
    isDone = true;
    wake();
  });
  for (;;) {
    for (const progress of waiting.splice(0)) yield line({ progress });
    if (waiting.length > 0) continue;
    if (isDone) break;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  yield line(await answer);
}

/** The status was sent with the first line. */
function errorLine(error: unknown): unknown {
  if (error instanceof StoreUnavailable)
    return apiErrorDocument("store-unavailable", error.message);
  if (error instanceof StatementTooLong) return apiErrorDocument("bad-parameter", error.message);
  console.error("query: explain failed:", error);
  return apiErrorDocument("internal", "internal error");
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
