// The scope of a span, which Jaeger's clients tell in tags. Spans of one scope mostly follow each other, and comparing
// bytes is all that the next one costs.

import { NO_ATTRIBUTES, type Scope, type SpanSink } from "@culprit/trace-model";
import { ByteKeyedCache } from "./byte-keyed-cache.ts";
import { isSame } from "./jaeger-id-bytes.ts";
import type { JaegerTagFields } from "./jaeger-tag-fields.ts";
import type { JaegerTagTable } from "./jaeger-tag-table.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export class JaegerTagScope {
  readonly #scopes = new ByteKeyedCache<Scope>();
  #bytes: Uint8Array = new Uint8Array(0);
  /** Where the scope lies that the sink was given last. */
  #isGiven = false;
  #nameStart = 0;
  #nameEnd = 0;
  #versionStart = 0;
  #versionEnd = 0;

  /** Tags that follow lie in these bytes, and their sink knows no scope yet. */
  reset(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#isGiven = false;
  }

  /** To the sink, when it is another one than that of the span before. */
  give(tags: JaegerTagTable, fields: JaegerTagFields, sink: SpanSink): void {
    const { scopeName: name, scopeVersion: version } = fields;
    const nameStart = name < 0 ? 0 : tags.start(name);
    const nameEnd = name < 0 ? 0 : tags.end(name);
    const versionStart = version < 0 ? 0 : tags.start(version);
    const versionEnd = version < 0 ? 0 : tags.end(version);
    const bytes = this.#bytes;
    if (this.#isLast(nameStart, nameEnd, versionStart, versionEnd)) return;
    this.#isGiven = true;
    this.#nameStart = nameStart;
    this.#nameEnd = nameEnd;
    this.#versionStart = versionStart;
    this.#versionEnd = versionEnd;
    sink.scope(
      this.#scopes.get(bytes, nameStart, nameEnd, versionStart, versionEnd, () => ({
        name: decoder.decode(bytes.subarray(nameStart, nameEnd)),
        version: decoder.decode(bytes.subarray(versionStart, versionEnd)),
        attributes: NO_ATTRIBUTES,
        droppedAttributesCount: 0,
        schemaUrl: "",
      })),
    );
  }

  #isLast(nameStart: number, nameEnd: number, versionStart: number, versionEnd: number): boolean {
    const bytes = this.#bytes;
    const nameBytes = nameEnd - nameStart;
    const versionBytes = versionEnd - versionStart;
    return (
      this.#isGiven &&
      nameBytes === this.#nameEnd - this.#nameStart &&
      versionBytes === this.#versionEnd - this.#versionStart &&
      isSame(bytes, nameStart, bytes, this.#nameStart, nameBytes) &&
      isSame(bytes, versionStart, bytes, this.#versionStart, versionBytes)
    );
  }
}
