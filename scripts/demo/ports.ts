import { createServer } from "node:net";

export interface WantedPort {
  readonly port: number;
  readonly what: string;
  /** The flag that chooses another. */
  readonly flag: string;
}

/** One sentence for the first port that somebody else holds, else undefined. */
export async function whyPortsAreTaken(wanted: readonly WantedPort[]): Promise<string | undefined> {
  for (const { port, what, flag } of wanted) {
    if (port === 0 || (await isFree(port))) continue;
    return `Port ${port}, for ${what}, is in use: stop what listens there, or choose another with ${flag} (0 takes a free one).`;
  }
  return undefined;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
