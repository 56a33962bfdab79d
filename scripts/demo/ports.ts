import { createServer } from "node:net";

export interface WantedPort {
  readonly port: number;
  readonly what: string;
  /** The flag that chooses another. */
  readonly flag: string;
}

/** One sentence for the first port that is wanted twice or that somebody else holds, else undefined. */
export async function whyPortsAreTaken(wanted: readonly WantedPort[]): Promise<string | undefined> {
  const flags = new Map<number, string>();
  for (const { port, flag } of wanted) {
    const other = flags.get(port);
    if (port !== 0 && other !== undefined) {
      return `Port ${port} is wanted by ${other} and by ${flag}: choose another for one of them (0 takes a free one).`;
    }
    flags.set(port, flag);
  }
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
