// Which traces have been judged, in few bits each (a Bloom filter): it never says no of one that was. A yes may be wrong,
// which costs a look into the database. 64 MB hold 50 million traces at one wrong yes in fifty; with more it errs more
// often, and stays right.

const DEFAULT_BITS = 2 ** 29;
const PROBES = 4;

export class SeenTraces {
  readonly #words: Uint32Array;
  readonly #mask: number;

  /** @param bits a power of two, up to 2^31 */
  constructor(bits: number = DEFAULT_BITS) {
    this.#words = new Uint32Array(bits / 32);
    this.#mask = bits - 1;
  }

  /** @param traceId 32 hex digits */
  add(traceId: string): void {
    const [first, second] = hashesOf(traceId);
    for (let i = 0; i < PROBES; i++) {
      const bit = this.#bit(first, second, i);
      this.#words[bit >>> 5] = (this.#words[bit >>> 5] as number) | (1 << (bit & 31));
    }
  }

  mayHave(traceId: string): boolean {
    const [first, second] = hashesOf(traceId);
    for (let i = 0; i < PROBES; i++) {
      const bit = this.#bit(first, second, i);
      if (((this.#words[bit >>> 5] as number) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }

  #bit(first: number, second: number, probe: number): number {
    return (first + Math.imul(probe, second)) & this.#mask;
  }
}

/** Ids are random by their definition, and yet some count up: the digits are mixed. */
function hashesOf(traceId: string): readonly [number, number] {
  let first = 0x811c9dc5;
  let second = 0x9e3779b1;
  for (let i = 0; i < traceId.length; i++) {
    const code = traceId.charCodeAt(i);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ code, 0x85ebca6b);
    second ^= second >>> 13;
  }
  first ^= first >>> 16;
  // Odd, so that the probes differ.
  return [Math.imul(first, 0xc2b2ae35), second | 1];
}
