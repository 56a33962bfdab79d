// Which traces have been judged, in few bits each (a Bloom filter): it never says no of one that was. A yes may be wrong,
// which costs a look into the database. 32 MB hold 25 million traces at one wrong yes in thirty; with more it errs more
// often, and stays right. All bits of a trace lie in one line of the processor's cache: the memory is far larger than the
// cache, and a trace costs one miss.

const DEFAULT_BITS = 2 ** 28;
const PROBES = 4;
const LINE_BITS = 512;
/** Bits that say which bit of a line. */
const PROBE_WIDTH = 9;

export class SeenTraces {
  readonly #words: Uint32Array;
  readonly #lineMask: number;

  /** @param bits a power of two, from 512 to 2^31 */
  constructor(bits: number = DEFAULT_BITS) {
    this.#words = new Uint32Array(bits / 32);
    this.#lineMask = bits / LINE_BITS - 1;
  }

  /** @param traceId 32 hex digits @returns whether it may have been in before */
  add(traceId: string): boolean {
    let hash = hashOf(traceId);
    const line = (hash & this.#lineMask) * (LINE_BITS / 32);
    let wasIn = true;
    for (let probe = 0; probe < PROBES; probe++) {
      hash = mixed(hash + 0x9e3779b9);
      const place = hash >>> (32 - PROBE_WIDTH);
      const word = line + (place >>> 5);
      const bit = 1 << (place & 31);
      const bits = this.#words[word] as number;
      if ((bits & bit) !== 0) continue;
      wasIn = false;
      this.#words[word] = bits | bit;
    }
    return wasIn;
  }
}

/** Ids are random by their definition, and yet some count up: the digits are mixed. */
function hashOf(traceId: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < traceId.length; i++) {
    hash = Math.imul(hash ^ traceId.charCodeAt(i), 0x01000193);
  }
  return mixed(hash);
}

/** https://github.com/aappleby/smhasher/wiki/MurmurHash3, the last steps. */
function mixed(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
