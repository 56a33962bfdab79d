// The strategies of a file that its owner may change while the server runs.

import { readFile, stat } from "node:fs/promises";
import type { SamplingStrategies, SamplingStrategy } from "./sampling-strategy.ts";
import { parseStrategies, SamplingStrategiesError } from "./strategies-file.ts";

/**
 * The path is looked at this often, and not watched: an editor puts a new file in the place of the old one, a container's
 * configuration moves a link, and a watcher of the file itself sees neither.
 */
const LOOK_EVERY_MS = 1000;

export class WatchedStrategies implements SamplingStrategies {
  readonly #path: string;
  readonly #onBadFile: (error: SamplingStrategiesError) => void;
  #timer: NodeJS.Timeout | undefined;
  #seen: string;
  #current: SamplingStrategies;
  #looking: Promise<void> = Promise.resolve();

  private constructor(
    path: string,
    onBadFile: (error: SamplingStrategiesError) => void,
    seen: string,
    current: SamplingStrategies,
  ) {
    this.#path = path;
    this.#onBadFile = onBadFile;
    this.#seen = seen;
    this.#current = current;
  }

  /**
   * @param onBadFile told once of each file that is bad; the strategies stay what they were
   * @throws SamplingStrategiesError when the file is bad now
   */
  static async open(
    path: string,
    onBadFile: (error: SamplingStrategiesError) => void,
  ): Promise<WatchedStrategies> {
    const seen = await identityOf(path);
    return new WatchedStrategies(path, onBadFile, seen, await readStrategies(path));
  }

  strategyOf(service: string): SamplingStrategy {
    return this.#current.strategyOf(service);
  }

  /** Looks at the file from now on. */
  watch(): void {
    this.#timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  /** Reads the file if it is not the one that was read last. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#readIfChanged());
    return this.#looking;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #readIfChanged(): Promise<void> {
    // Before the content: what changes meanwhile is seen the next time.
    const seen = await identityOf(this.#path);
    if (seen === this.#seen) return;
    this.#seen = seen;
    try {
      this.#current = await readStrategies(this.#path);
    } catch (error) {
      if (!(error instanceof SamplingStrategiesError)) throw error;
      this.#onBadFile(error);
    }
  }
}

/** Differs when another file stands at the path, or the same was written. */
async function identityOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
  } catch {
    return "no file";
  }
}

async function readStrategies(path: string): Promise<SamplingStrategies> {
  try {
    return parseStrategies(await readFile(path, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SamplingStrategiesError(`sampling strategies in ${path}: ${reason}`, {
      cause: error,
    });
  }
}
