/** Ends with this code what a signal cut short: 128 + the signal's number, as shells say it. */
const exitCodes: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

export interface StopRequest {
  readonly signal: string;
  readonly exitCode: number;
}

/** Resolves at the first Ctrl-C or SIGTERM, and keeps later ones from ending us halfway. */
export function stopRequested(): Promise<StopRequest> {
  return new Promise((resolve) => {
    for (const [signal, exitCode] of Object.entries(exitCodes)) {
      process.on(signal, () => resolve({ signal, exitCode }));
    }
  });
}
