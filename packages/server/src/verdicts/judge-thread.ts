// The thread in which a server judges: started by `judging.ts`, one task at a time.

import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import type { TopologyKnowledge } from "@culprit/analysis";
import type { ThreadWork } from "./judging.ts";
import { type Judged, type JudgeSettings, TraceJudge } from "./trace-judge.ts";

const { settings, known } = workerData as {
  readonly settings: JudgeSettings;
  readonly known: TopologyKnowledge;
};

/** Two thirds of the weight of a thread at 0. At 10 it is a tenth, and neighbours on a full machine starved it. */
const NICENESS = 2;

yieldToReceivers();
const judge = new TraceJudge(settings, known);
let practice: TraceJudge | undefined;
parentPort?.on("message", (message: ThreadWork | readonly string[]) => {
  if (!("task" in message)) return judge.seen(message);
  const { task, isPractice } = message;
  practice = isPractice ? (practice ?? new TraceJudge(settings, known)) : undefined;
  const outcome = (practice ?? judge).judge(task);
  // Some megabytes, freed now rather than with the next collection of old garbage, which they would bring about.
  if (task.answer.buffer instanceof ArrayBuffer) task.answer.buffer.transfer(0);
  parentPort?.postMessage(outcome, outcome.kind === "cut" ? [] : buffersOf(outcome));
});
parentPort?.postMessage("started");

/** Handed over rather than copied. */
function buffersOf({ rows }: Judged): ArrayBuffer[] {
  const chunks = rows.columns.flatMap((column) => column.chunks);
  return [...new Set(chunks.map(({ buffer }) => buffer as ArrayBuffer))];
}

/** Linux schedules threads by their own priority: whoever answers exporters goes first. */
function yieldToReceivers(): void {
  if (process.platform !== "linux") return;
  try {
    const threadId = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    setPriority(threadId, NICENESS);
  } catch {
    // Without /proc, or where it is not allowed, it is a thread like any other.
  }
}
