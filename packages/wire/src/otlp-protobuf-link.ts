import type { SpanSink } from "@culprit/trace-model";
import type { ProtobufReader } from "./protobuf-reader.ts";

const IDS_SIZE_BYTES = 24;

/** One Link message at a time. */
export class OtlpLinkReader {
  readonly #reader: ProtobufReader;
  start = 0;
  #traceIdAt = 0;
  #traceIdEnd = 0;
  #spanIdAt = 0;
  #spanIdEnd = 0;
  #stateStart = 0;
  #stateEnd = 0;
  #dropped = 0;
  #flags = 0;

  constructor(reader: ProtobufReader) {
    this.#reader = reader;
  }

  /** @returns false when an id is there but not of its length: such a link cannot be kept */
  read(start: number, end: number): boolean {
    const reader = this.#reader;
    this.start = start;
    this.#traceIdAt = this.#traceIdEnd = start;
    this.#spanIdAt = this.#spanIdEnd = start;
    this.#stateStart = this.#stateEnd = start;
    this.#dropped = this.#flags = 0;
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      switch (tag) {
        case 0x0a:
          this.#traceIdEnd = reader.lengthEnd(end);
          this.#traceIdAt = reader.at;
          reader.at = this.#traceIdEnd;
          break;
        case 0x12:
          this.#spanIdEnd = reader.lengthEnd(end);
          this.#spanIdAt = reader.at;
          reader.at = this.#spanIdEnd;
          break;
        case 0x1a:
          this.#stateEnd = reader.lengthEnd(end);
          this.#stateStart = reader.at;
          reader.at = this.#stateEnd;
          break;
        case 0x28:
          this.#dropped = reader.varint32(end);
          break;
        case 0x35:
          this.#flags = reader.view.getInt32(reader.fixed(4, end), true);
          break;
        default:
          reader.skip(tag, end);
      }
    }
    const traceIdSize = this.#traceIdEnd - this.#traceIdAt;
    const spanIdSize = this.#spanIdEnd - this.#spanIdAt;
    return (traceIdSize === 16 || traceIdSize === 0) && (spanIdSize === 8 || spanIdSize === 0);
  }

  begin(sink: SpanSink): void {
    const { bytes } = this.#reader;
    const stateStart = this.#stateStart;
    const stateEnd = this.#stateEnd;
    if (this.#traceIdAt === this.#traceIdEnd || this.#spanIdAt === this.#spanIdEnd) {
      // An absent id is the id of zeros, and a sink reads ids and state from the same bytes.
      const padded = new Uint8Array(IDS_SIZE_BYTES + stateEnd - stateStart);
      padded.set(bytes.subarray(this.#traceIdAt, this.#traceIdEnd), 0);
      padded.set(bytes.subarray(this.#spanIdAt, this.#spanIdEnd), 16);
      padded.set(bytes.subarray(stateStart, stateEnd), IDS_SIZE_BYTES);
      sink.beginLink(padded, 0, 16, IDS_SIZE_BYTES, padded.length, this.#flags, this.#dropped);
      return;
    }
    sink.beginLink(
      bytes,
      this.#traceIdAt,
      this.#spanIdAt,
      stateStart,
      stateEnd,
      this.#flags,
      this.#dropped,
    );
  }
}
