// What most spans lack, in one JSON text: an array of items, each an array whose first word says what it is.
//   ["status","message"] ["state","trace state"] ["dropped",attributes,events,links]
//   ["event","unix nanos","name",dropped,["key","type","value"],…]
//   ["link","trace id","span id","trace state",flags,dropped,["key","type","value"],…]
// Empty when there is nothing to say. Written byte by byte: no string is made on the way in.

import { hexOf, type SpanEvent, type SpanHead, type SpanLink } from "@culprit/trace-model";
import { ByteColumn } from "./byte-column.ts";
import { type AttributeJson, attributesOf } from "./process-json.ts";

const [QUOTE, BACKSLASH, COMMA, OPEN, CLOSE] = ['"', "\\", ",", "[", "]"].map((c) =>
  c.charCodeAt(0),
) as [number, number, number, number, number];

/** As `JSON.stringify` writes them: a search looks for its text, byte for byte. */
const CONTROLS = Array.from({ length: 32 }, (_, code) =>
  JSON.stringify(String.fromCharCode(code)).slice(1, -1),
);

export class DetailsWriter {
  readonly #out = new ByteColumn(1024);

  begin(head: SpanHead): void {
    this.#out.length = 0;
    const { bytes } = head;
    if (head.statusMessageEnd > head.statusMessageStart) {
      this.#item("status");
      this.#string(bytes, head.statusMessageStart, head.statusMessageEnd);
      this.endItem();
    }
    if (head.traceStateEnd > head.traceStateStart) {
      this.#item("state");
      this.#string(bytes, head.traceStateStart, head.traceStateEnd);
      this.endItem();
    }
    const { droppedAttributesCount, droppedEventsCount, droppedLinksCount } = head;
    if (droppedAttributesCount !== 0 || droppedEventsCount !== 0 || droppedLinksCount !== 0) {
      this.#item("dropped");
      this.#number(droppedAttributesCount);
      this.#number(droppedEventsCount);
      this.#number(droppedLinksCount);
      this.endItem();
    }
  }

  /** The whole text; valid until the next `begin`. */
  end(): ByteColumn {
    if (this.#out.length > 0) this.#out.putByte(CLOSE);
    return this.#out;
  }

  beginEvent(bytes: Uint8Array, timeAt: number, ns: number, ne: number, dropped: number): void {
    this.#item("event");
    this.#text(timeAt < 0 ? "0" : String(uint64At(bytes, timeAt)));
    this.#string(bytes, ns, ne);
    this.#number(dropped);
  }

  beginLink(
    bytes: Uint8Array,
    traceIdAt: number,
    spanIdAt: number,
    stateStart: number,
    stateEnd: number,
    flags: number,
    dropped: number,
  ): void {
    this.#item("link");
    this.#text(hexOf(bytes, traceIdAt, traceIdAt + 16));
    this.#text(hexOf(bytes, spanIdAt, spanIdAt + 8));
    this.#string(bytes, stateStart, stateEnd);
    this.#number(flags);
    this.#number(dropped);
  }

  attribute(
    keyBytes: Uint8Array,
    ks: number,
    ke: number,
    type: number,
    valueBytes: Uint8Array,
    vs: number,
    ve: number,
  ): void {
    const out = this.#out;
    out.putByte(COMMA);
    out.putByte(OPEN);
    this.#quoted(keyBytes, ks, ke);
    out.putByte(COMMA);
    out.putByte(QUOTE);
    out.putByte(type);
    out.putByte(QUOTE);
    this.#string(valueBytes, vs, ve);
    out.putByte(CLOSE);
  }

  endItem(): void {
    this.#out.putByte(CLOSE);
  }

  #item(word: string): void {
    this.#out.putByte(this.#out.length === 0 ? OPEN : COMMA);
    this.#out.putAscii(`["${word}"`);
  }

  #text(ascii: string): void {
    this.#out.putAscii(`,"${ascii}"`);
  }

  #number(value: number): void {
    this.#out.putAscii(`,${value >>> 0}`);
  }

  #string(bytes: Uint8Array, start: number, end: number): void {
    this.#out.putByte(COMMA);
    this.#quoted(bytes, start, end);
  }

  #quoted(bytes: Uint8Array, start: number, end: number): void {
    const out = this.#out;
    // A control character takes six bytes (\u001f), the quotation marks two.
    out.reserve((end - start) * 6 + 2);
    out.putByte(QUOTE);
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte < 32) {
        out.putAscii(CONTROLS[byte] as string);
      } else {
        if (byte === QUOTE || byte === BACKSLASH) out.putByte(BACKSLASH);
        out.putByte(byte);
      }
    }
    out.putByte(QUOTE);
  }
}

function uint64At(bytes: Uint8Array, at: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigUint64(0, true);
}

export interface Details {
  readonly statusMessage: string;
  readonly traceState: string;
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
}

export const NO_DETAILS: Details = {
  statusMessage: "",
  traceState: "",
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
  events: [],
  links: [],
};

type Item =
  | readonly ["status", string]
  | readonly ["state", string]
  | readonly ["dropped", number, number, number]
  | readonly ["event", string, string, number, ...AttributeJson[]]
  | readonly ["link", string, string, string, number, number, ...AttributeJson[]];

export function detailsOf(text: string): Details {
  if (text === "") return NO_DETAILS;
  const details = { ...NO_DETAILS };
  const events: SpanEvent[] = [];
  const links: SpanLink[] = [];
  for (const item of JSON.parse(text) as Item[]) {
    switch (item[0]) {
      case "status":
        details.statusMessage = item[1];
        break;
      case "state":
        details.traceState = item[1];
        break;
      case "dropped":
        details.droppedAttributesCount = item[1];
        details.droppedEventsCount = item[2];
        details.droppedLinksCount = item[3];
        break;
      case "event": {
        const [, time, name, droppedAttributesCount, ...attributes] = item;
        events.push({
          timeUnixNano: BigInt(time),
          name,
          droppedAttributesCount,
          attributes: attributesOf(attributes),
        });
        break;
      }
      case "link": {
        const [, traceId, spanId, traceState, flags, droppedAttributesCount, ...attributes] = item;
        links.push({
          traceId,
          spanId,
          traceState,
          flags,
          droppedAttributesCount,
          attributes: attributesOf(attributes),
        });
        break;
      }
    }
  }
  return { ...details, events, links };
}
