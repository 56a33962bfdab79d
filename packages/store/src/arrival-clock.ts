// The clock that stamps arrivals. Whoever finds quiet traces by their arrival must never see one appear behind what it
// has already looked through, so this clock never goes back: not when the system's does (then it goes on at the pace of
// the processor's counter), and not when the process starts again (then it starts after the latest arrival that is
// stored). A clock that was ahead therefore stays ahead until the system's has caught up.

import type { UnixNanos } from "@culprit/trace-model";

export interface ArrivalClockOptions {
  readonly systemUnixNano?: () => UnixNanos;
  /** Milliseconds since any moment; never goes back. */
  readonly elapsedMs?: () => number;
}

export class ArrivalClock {
  readonly #systemUnixNano: () => UnixNanos;
  readonly #elapsedMs: () => number;
  #latest: UnixNanos = 0n;
  #latestAtMs: number;

  constructor(options: ArrivalClockOptions = {}) {
    this.#systemUnixNano = options.systemUnixNano ?? (() => BigInt(Date.now()) * 1_000_000n);
    this.#elapsedMs = options.elapsedMs ?? (() => performance.now());
    this.#latestAtMs = this.#elapsedMs();
  }

  now(): UnixNanos {
    const elapsedMs = this.#elapsedMs();
    const goneOn = this.#latest + BigInt(Math.floor((elapsedMs - this.#latestAtMs) * 1e6));
    const system = this.#systemUnixNano();
    this.#latest = system > goneOn ? system : goneOn;
    this.#latestAtMs = elapsedMs;
    return this.#latest;
  }

  /** From now on it says later times only. */
  passed(time: UnixNanos): void {
    if (this.now() <= time) this.#latest = time + 1n;
  }
}
