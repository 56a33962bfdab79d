/**
 * A process of the shop reports to whoever started it over Node's IPC channel. The channel is also its
 * lifeline: when the starter is gone, however it went, the channel closes and the process stops itself.
 */
export interface ReadyMessage {
  readonly port: number;
  /** Only of PostgreSQL. */
  readonly password?: string;
}

export type ChildReport = { readonly ready: ReadyMessage } | { readonly failed: string };

export function report(message: ChildReport): void {
  process.send?.(message);
}

/** Calls `stop` once, on SIGTERM, when asked or when the starter is gone, and then ends the process. */
export function stopWithStarter(stop: () => Promise<void>): void {
  let stopping = false;
  const end = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    try {
      await stop();
    } finally {
      process.exit(0);
    }
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.on("disconnect", end);
  process.on("message", (message) => {
    if (message === "stop") void end();
  });
}

/** Reports a start that failed in one sentence, instead of a stack. */
export async function startAndReport(start: () => Promise<ReadyMessage>): Promise<void> {
  try {
    report({ ready: await start() });
  } catch (error) {
    report({ failed: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
    process.disconnect?.();
  }
}
