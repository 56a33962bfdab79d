// Objects remembered by the bytes they were decoded from, so that one process is one Resource object from request to
// request and a sink can remember it by identity.

interface Entry<T> {
  readonly key: Uint8Array;
  readonly splitAt: number;
  readonly value: T;
}

/** Enough for a large fleet; past either limit the cache starts afresh, which costs one decoding of each. */
const MAX_ENTRIES = 4096;
const MAX_KEY_BYTES = 4 * 1024 * 1024;

export class ByteKeyedCache<T> {
  readonly #buckets = new Map<number, Entry<T>[]>();
  #entryCount = 0;
  #keyBytes = 0;

  /**
   * The key is `bytes[start, end)` and `bytes[secondStart, secondEnd)`, copied when kept.
   * @param make called when the key is not known
   */
  get(
    bytes: Uint8Array,
    start: number,
    end: number,
    secondStart: number,
    secondEnd: number,
    make: () => T,
  ): T {
    const hash = hashOf(bytes, secondStart, secondEnd, hashOf(bytes, start, end, 0x811c9dc5 | 0));
    const splitAt = end - start;
    const bucket = this.#buckets.get(hash);
    if (bucket !== undefined) {
      for (const entry of bucket) {
        const { key } = entry;
        if (
          entry.splitAt === splitAt &&
          key.length === splitAt + secondEnd - secondStart &&
          isEqual(key, 0, bytes, start, end) &&
          isEqual(key, splitAt, bytes, secondStart, secondEnd)
        ) {
          return entry.value;
        }
      }
    }
    const value = make();
    const key = new Uint8Array(splitAt + secondEnd - secondStart);
    key.set(bytes.subarray(start, end));
    key.set(bytes.subarray(secondStart, secondEnd), splitAt);
    this.#keep(hash, { key, splitAt, value });
    return value;
  }

  #keep(hash: number, entry: Entry<T>): void {
    if (entry.key.length > MAX_KEY_BYTES) return;
    if (this.#entryCount === MAX_ENTRIES || this.#keyBytes + entry.key.length > MAX_KEY_BYTES) {
      this.#buckets.clear();
      this.#entryCount = 0;
      this.#keyBytes = 0;
    }
    const bucket = this.#buckets.get(hash);
    if (bucket === undefined) this.#buckets.set(hash, [entry]);
    else bucket.push(entry);
    this.#entryCount++;
    this.#keyBytes += entry.key.length;
  }
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash;
}

function isEqual(
  key: Uint8Array,
  keyStart: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  for (let i = start, k = keyStart; i < end; i++, k++) {
    if (key[k] !== bytes[i]) return false;
  }
  return true;
}
