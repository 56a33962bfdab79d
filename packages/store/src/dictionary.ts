// The dictionary of one LowCardinality column of one block: byte strings to small numbers, by open addressing over the
// bytes themselves, so that a key that was seen never becomes a JavaScript string.

import { ByteColumn } from "./byte-column.ts";

const FIRST_SLOTS = 1024;

export class Dictionary {
  /** Length and bytes of each key in order: Native's encoding of the keys as it stands. */
  readonly keys: ByteColumn = new ByteColumn(4096);
  size = 0;
  #starts = new Int32Array(FIRST_SLOTS);
  #lengths = new Int32Array(FIRST_SLOTS);
  #hashes = new Int32Array(FIRST_SLOTS);
  /** The key that followed this one last time: exporters send the same keys in the same order. */
  #followers = new Int32Array(FIRST_SLOTS).fill(-1);
  /** Index + 1; 0 is free. */
  #slots = new Int32Array(FIRST_SLOTS * 2);
  #last = 0;

  clear(): void {
    this.keys.length = 0;
    this.size = 0;
    this.#last = 0;
    this.#followers.fill(-1);
    this.#slots.fill(0);
  }

  indexOf(source: Uint8Array, start: number, end: number): number {
    const last = this.#last;
    const guess = this.#followers[last] as number;
    if (guess >= 0 && this.#equals(guess, source, start, end)) {
      this.#last = guess;
      return guess;
    }
    const index = this.#find(source, start, end);
    this.#followers[last] = index;
    this.#last = index;
    return index;
  }

  text(index: number): string {
    const start = this.#starts[index] as number;
    const end = start + (this.#lengths[index] as number);
    return Buffer.from(this.keys.bytes.buffer, start, end - start).toString("utf8");
  }

  #find(source: Uint8Array, start: number, end: number): number {
    const hash = hashOf(source, start, end);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const index = (this.#slots[slot] as number) - 1;
      if (index < 0) return this.#add(hash, source, start, end);
      if (this.#hashes[index] === hash && this.#equals(index, source, start, end)) return index;
    }
  }

  #equals(index: number, source: Uint8Array, start: number, end: number): boolean {
    const size = end - start;
    if (this.#lengths[index] !== size) return false;
    const bytes = this.keys.bytes;
    let at = this.#starts[index] as number;
    for (let i = start; i < end; i++) if (bytes[at++] !== source[i]) return false;
    return true;
  }

  #add(hash: number, source: Uint8Array, start: number, end: number): number {
    const index = this.size;
    if (index === this.#starts.length) this.#grow();
    this.keys.putString(source, start, end);
    this.#starts[index] = this.keys.length - (end - start);
    this.#lengths[index] = end - start;
    this.#hashes[index] = hash;
    this.#followers[index] = -1;
    this.size = index + 1;
    this.#place(index);
    return index;
  }

  #place(index: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#hashes[index] as number) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = index + 1;
  }

  #grow(): void {
    const capacity = this.#starts.length * 2;
    this.#starts = grown(this.#starts, capacity);
    this.#lengths = grown(this.#lengths, capacity);
    this.#hashes = grown(this.#hashes, capacity);
    this.#followers = grown(this.#followers, capacity);
    this.#slots = new Int32Array(capacity * 2);
    for (let index = 0; index < this.size; index++) this.#place(index);
  }
}

function grown(from: Int32Array<ArrayBuffer>, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(from);
  return larger;
}

/** All bytes count (a hash of a few of them would let names that differ in the middle form one long chain). */
function hashOf(source: Uint8Array, start: number, end: number): number {
  let hash = (end - start) | 0;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const word =
      (source[i] as number) |
      ((source[i + 1] as number) << 8) |
      ((source[i + 2] as number) << 16) |
      ((source[i + 3] as number) << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; i < end; i++) hash = Math.imul(hash ^ (source[i] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
