// Where judging happens: in a thread of its own, so that receivers do not wait for it, or in place.

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

export interface Judging {
  /** Tells of traces that were judged before. To be told before the first task. */
  seen(traceIds: readonly string[]): void;
  /** One task at a time. The bytes of the answer are given away. */
  judge(task: JudgeTask): Promise<JudgeOutcome>;
  close(): Promise<void>;
}

export function judgeInPlace(settings: JudgeSettings, known: TopologyKnowledge): Judging {
  const judge = new TraceJudge(settings, known);
  return {
    seen: (traceIds) => judge.seen(traceIds),
    judge: async (task) => judge.judge(task),
    async close() {},
  };
}

export function judgeInThread(settings: JudgeSettings, known: TopologyKnowledge): Judging {
  // Beside this file, as source or as a bundle.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const url = new URL(`./judge-thread.${extension}`, import.meta.url);
  const worker = new Worker(url, {
    workerData: { settings, known },
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  // A server that has closed everything else must be able to end.
  worker.unref();
  let broken: Error | undefined;
  let pending: PromiseWithResolvers<JudgeOutcome> | undefined;
  const fail = (error: Error): void => {
    broken = error;
    pending?.reject(error);
    pending = undefined;
  };
  worker.on("message", (outcome: JudgeOutcome) => {
    pending?.resolve(outcome);
    pending = undefined;
  });
  worker.on("error", fail);
  worker.on("exit", (code) => fail(new Error(`the judging thread ended with ${code}`)));
  return {
    seen: (traceIds) => worker.postMessage(traceIds),
    judge(task) {
      if (broken !== undefined) return Promise.reject(broken);
      pending = Promise.withResolvers();
      worker.postMessage(task, [task.answer.buffer as ArrayBuffer]);
      return pending.promise;
    },
    async close() {
      await worker.terminate();
    },
  };
}
