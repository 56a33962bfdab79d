// Bytes that grow as they are written and are used again: for what a sink has to find side by side in one array.

const SIZE_BYTES = 4096;
/** What a large input made of it is let go. */
const KEPT_BYTES = 1024 * 1024;

const encoder = new TextEncoder();

export interface TextPlace {
  readonly start: number;
  readonly end: number;
}

export class ScratchBytes {
  bytes: Uint8Array = new Uint8Array(SIZE_BYTES);
  view: DataView = new DataView(this.bytes.buffer);
  length = 0;
  #fixedLength = 0;

  /** Text that outlasts every `clear`; called before anything else is written. */
  fixed(text: string): TextPlace {
    const start = this.text(text);
    this.#fixedLength = this.length;
    return { start, end: this.length };
  }

  /** Forgets all but the fixed texts. */
  clear(): void {
    this.length = this.#fixedLength;
    if (this.bytes.length > KEPT_BYTES) this.#resize(SIZE_BYTES);
  }

  /** @returns where `sizeBytes` start, which still hold anything */
  room(sizeBytes: number): number {
    const at = this.length;
    this.length = at + sizeBytes;
    if (this.length > this.bytes.length) {
      this.#resize(Math.max(this.bytes.length * 2, this.length));
    }
    return at;
  }

  /** A copy of `from[start, end)`. @returns where it starts */
  copy(from: Uint8Array, start: number, end: number): number {
    const at = this.room(end - start);
    const { bytes } = this;
    if (end - start > 64) {
      bytes.set(from.subarray(start, end), at);
    } else {
      for (let i = start, to = at; i < end; i++, to++) bytes[to] = from[i] as number;
    }
    return at;
  }

  /** @returns where it starts */
  text(text: string): number {
    // UTF-8 needs at most three bytes for a UTF-16 unit.
    const at = this.room(text.length * 3);
    this.length = at + encoder.encodeInto(text, this.bytes.subarray(at)).written;
    return at;
  }

  #resize(sizeBytes: number): void {
    const bytes = new Uint8Array(sizeBytes);
    bytes.set(this.bytes.subarray(0, Math.min(this.bytes.length, sizeBytes)));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
