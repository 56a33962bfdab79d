// A sink that keeps nothing and holds a decoder to the contract of SpanSink: the order of calls, and places that lie
// within their bytes. It reads every byte it is pointed to.

import type { Resource, Scope, SpanHead, SpanSink } from "@culprit/trace-model";

export class BrokenContract extends Error {
  override readonly name = "BrokenContract";
}

type Open = "nothing" | "span" | "event" | "link";

export class CheckingSink implements SpanSink {
  /** Changes with every byte that was read, so that reading is no dead code. */
  sum = 0;
  calls = 0;
  readonly #onCall: (() => void) | undefined;
  #open: Open = "nothing";
  #hasResource = false;
  #hasScope = false;

  /** @param onCall told of every call, in the middle of decoding */
  constructor(onCall?: () => void) {
    this.#onCall = onCall;
  }

  /** Ready for the next input, whatever became of the last. */
  reset(): void {
    this.#open = "nothing";
    this.#hasResource = this.#hasScope = false;
  }

  resource(resource: Resource): void {
    this.#called("resource", "nothing");
    this.#hasResource = true;
    this.sum += resource.attributes.size;
  }

  scope(scope: Scope): void {
    this.#called("scope", "nothing");
    this.#hasScope = true;
    this.sum += scope.name.length;
  }

  beginSpan(head: SpanHead): void {
    this.#called("beginSpan", "nothing");
    if (!this.#hasResource || !this.#hasScope) broken("a span before its resource and scope");
    this.#open = "span";
    const { bytes } = head;
    this.#id(bytes, head.traceIdAt, 16);
    this.#id(bytes, head.spanIdAt, 8);
    if (head.parentSpanIdAt !== -1) this.#id(bytes, head.parentSpanIdAt, 8);
    if (head.startUnixNanoAt !== -1) {
      this.#range(bytes, head.startUnixNanoAt, head.startUnixNanoAt + 8);
    }
    if (head.endUnixNanoAt !== -1) this.#range(bytes, head.endUnixNanoAt, head.endUnixNanoAt + 8);
    this.#range(bytes, head.traceStateStart, head.traceStateEnd);
    this.#range(bytes, head.nameStart, head.nameEnd);
    this.#range(bytes, head.statusMessageStart, head.statusMessageEnd);
    this.#int32(head.flags, head.kind, head.statusCode);
    this.#int32(head.droppedAttributesCount, head.droppedEventsCount, head.droppedLinksCount);
  }

  endSpan(): void {
    this.#called("endSpan", "span");
    this.#open = "nothing";
  }

  stringAttribute(bytes: Uint8Array, ks: number, ke: number, vs: number, ve: number): void {
    this.#attribute(bytes, ks, ke);
    this.#range(bytes, vs, ve);
  }

  boolAttribute(bytes: Uint8Array, ks: number, ke: number, value: boolean): void {
    this.#attribute(bytes, ks, ke);
    if (typeof value !== "boolean") broken("a truth that is none");
  }

  intAttribute(bytes: Uint8Array, ks: number, ke: number, low: number, high: number): void {
    this.#attribute(bytes, ks, ke);
    this.#int32(low, high);
  }

  doubleAttribute(bytes: Uint8Array, ks: number, ke: number, value: number): void {
    this.#attribute(bytes, ks, ke);
    if (typeof value !== "number") broken("a number that is none");
  }

  otherAttribute(
    bytes: Uint8Array,
    ks: number,
    ke: number,
    value: Parameters<SpanSink["otherAttribute"]>[3],
  ): void {
    this.#attribute(bytes, ks, ke);
    if (typeof value !== "object") broken("a scalar among the other values");
  }

  beginEvent(bytes: Uint8Array, timeAt: number, ns: number, ne: number, dropped: number): void {
    this.#called("beginEvent", "span");
    this.#open = "event";
    if (timeAt !== -1) this.#range(bytes, timeAt, timeAt + 8);
    this.#range(bytes, ns, ne);
    this.#int32(dropped);
  }

  endEvent(): void {
    this.#called("endEvent", "event");
    this.#open = "span";
  }

  beginLink(
    bytes: Uint8Array,
    traceIdAt: number,
    spanIdAt: number,
    traceStateStart: number,
    traceStateEnd: number,
    flags: number,
    dropped: number,
  ): void {
    this.#called("beginLink", "span");
    this.#open = "link";
    this.#range(bytes, traceIdAt, traceIdAt + 16);
    this.#range(bytes, spanIdAt, spanIdAt + 8);
    this.#range(bytes, traceStateStart, traceStateEnd);
    this.#int32(flags, dropped);
  }

  endLink(): void {
    this.#called("endLink", "link");
    this.#open = "span";
  }

  #called(what: string, wanted: Open): void {
    if (this.#open !== wanted) broken(`${what} while ${this.#open} is open`);
    this.calls++;
    this.#onCall?.();
  }

  #attribute(bytes: Uint8Array, keyStart: number, keyEnd: number): void {
    if (this.#open === "nothing") broken("an attribute of nothing");
    this.#range(bytes, keyStart, keyEnd);
  }

  #id(bytes: Uint8Array, at: number, sizeBytes: number): void {
    this.#range(bytes, at, at + sizeBytes);
    for (let i = at; i < at + sizeBytes; i++) if (bytes[i] !== 0) return;
    broken("an id of zeros");
  }

  #range(bytes: Uint8Array, start: number, end: number): void {
    if (!(start >= 0 && start <= end && end <= bytes.length)) {
      broken(`bytes ${start} to ${end} of ${bytes.length}`);
    }
    for (let i = start; i < end; i++) this.sum += bytes[i] as number;
  }

  #int32(...values: readonly number[]): void {
    for (const value of values) if ((value | 0) !== value) broken(`${value} is no int32`);
  }
}

function broken(what: string): never {
  throw new BrokenContract(what);
}
