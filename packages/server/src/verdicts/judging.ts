// Where judging happens: in a thread of its own, so that receivers do not wait for it, or in place.

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { TopologyKnowledge } from "@culprit/analysis";
import {
  type JudgeOutcome,
  type JudgeSettings,
  type JudgeTask,
  TraceJudge,
} from "./trace-judge.ts";

/** What a trace needs is garbage after it, so that a collection finds little alive; more than this was no quicker. */
const YOUNG_MB = 32;

/** What the thread is sent, beside lists of trace ids. */
export interface ThreadWork {
  readonly task: JudgeTask;
  readonly isPractice: boolean;
}

export interface Judging {
  /** Tells of traces that have a row. */
  seen(traceIds: readonly string[]): void;
  /** One task at a time. The bytes of the answer are given away. */
  judge(task: JudgeTask): Promise<JudgeOutcome>;
  /** The same for nothing: no trace counts as judged or seen. */
  practise(task: JudgeTask): Promise<void>;
  close(): Promise<void>;
}

export function judgeInPlace(settings: JudgeSettings, known: TopologyKnowledge): Judging {
  const judge = new TraceJudge(settings, known);
  return {
    seen: (traceIds) => judge.seen(traceIds),
    judge: async (task) => judge.judge(task),
    async practise() {},
    async close() {},
  };
}

/** Beside this file, as source or as a bundle. */
const THREAD = new URL(
  `./judge-thread.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`,
  import.meta.url,
);

/** Rejects when the thread cannot start: that is the fault of no trace. */
export async function judgeInThread(
  settings: JudgeSettings,
  known: TopologyKnowledge,
  thread: URL = THREAD,
): Promise<Judging> {
  const worker = new Worker(thread, {
    workerData: { settings, known },
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  // Its first message says that it has started.
  await once(worker, "message");
  // A server that has closed everything else must be able to end.
  worker.unref();
  let broken: Error | undefined;
  let pending: PromiseWithResolvers<JudgeOutcome> | undefined;
  const settled = (): typeof pending => {
    const work = pending;
    pending = undefined;
    worker.unref();
    return work;
  };
  const fail = (error: Error): void => {
    broken = error;
    settled()?.reject(error);
  };
  worker.on("message", (outcome: JudgeOutcome) => settled()?.resolve(outcome));
  worker.on("error", fail);
  worker.on("exit", (code) => fail(new Error(`the judging thread ended with ${code}`)));
  const send = (work: ThreadWork): Promise<JudgeOutcome> => {
    if (broken !== undefined) return Promise.reject(broken);
    // An answer would be taken for another's.
    if (pending !== undefined) return Promise.reject(new Error("the thread is at work"));
    pending = Promise.withResolvers();
    // Whoever waits for it may wait for nothing else: a process does not end over that.
    worker.ref();
    worker.postMessage(work, [work.task.answer.buffer as ArrayBuffer]);
    return pending.promise;
  };
  return {
    seen: (traceIds) => worker.postMessage(traceIds),
    judge: (task) => send({ task, isPractice: false }),
    async practise(task) {
      await send({ task, isPractice: true });
    },
    async close() {
      await worker.terminate();
    },
  };
}
