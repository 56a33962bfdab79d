const signals = ["SIGTERM", "SIGINT"] as const;

/**
 * Sends what is still queued before the process ends. A signal that nobody else handles ends the process
 * as it would have without us, after the flush; where the application has a handler of its own, the end is
 * its business and we only flush. `flush` says whether it came to an end; when it did not, its connections
 * and timers are all that is left of a program that has ended by itself, and do not keep it. Returns what takes the listeners away again.
 */
export function flushOnExit(flush: () => Promise<boolean>): () => void {
  const onSignal = async (signal: NodeJS.Signals): Promise<void> => {
    const alone = process.listenerCount(signal) === 1;
    await flush();
    if (!alone) return;
    remove();
    process.kill(process.pid, signal);
  };
  // Emitted again when the flush has given the event loop work: once is enough.
  const onBeforeExit = async (): Promise<void> => {
    process.off("beforeExit", onBeforeExit);
    if (!(await flush())) process.exit();
  };
  const remove = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
    process.off("beforeExit", onBeforeExit);
  };
  for (const signal of signals) process.on(signal, onSignal);
  process.on("beforeExit", onBeforeExit);
  return remove;
}
