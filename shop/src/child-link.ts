/**
 * A process of the shop reports to whoever started it over Node's IPC channel. The channel is also its
 * lifeline: when the starter is gone, however it went, the channel closes and the process stops itself.
 */
export interface ReadyMessage {
  readonly port: number;
  /** Only of PostgreSQL. */
  readonly password?: string;
}

export type ChildReport =
  | { readonly ready: ReadyMessage }
  | { readonly failed: string }
  /** Takes no more work and has finished what it had; only its own affairs are left. */
  | { readonly drained: true };

export function report(message: ChildReport): void {
  // The starter may be gone in this very moment; then nobody has to know.
  if (process.connected) process.send?.(message, () => {});
}

/**
 * Stops once, on SIGTERM, when asked or when the starter is gone, and then ends the process. While a service
 * sends its last spans (`afterDrained`) the ones it calls may already stop, too.
 */
export function stopWithStarter(
  drain: () => Promise<void>,
  afterDrained: () => Promise<void> = async () => {},
): void {
  let stopping = false;
  const end = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    try {
      await drain();
      report({ drained: true });
      await afterDrained();
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
