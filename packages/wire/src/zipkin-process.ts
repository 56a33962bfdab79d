// The service and the scope of Zipkin spans: told to a sink only where they differ from those of the span before, which
// in one request they seldom do.

import { NO_ATTRIBUTES, type Resource, type Scope, type SpanSink } from "@culprit/trace-model";
import { ByteKeyedCache } from "./byte-keyed-cache.ts";
import type { JaegerTagFields } from "./jaeger-tag-fields.ts";
import type { JaegerTagTable } from "./jaeger-tag-table.ts";
import { Endpoint, type ZipkinPlaces } from "./zipkin-places.ts";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** A text as a place in bytes. */
class Place {
  start = 0;
  end = 0;

  set(start: number, end: number): void {
    this.start = start;
    this.end = end;
  }

  /** Whether both are the same text. */
  equals(bytes: Uint8Array, { start, end }: Place): boolean {
    if (end - start !== this.end - this.start) return false;
    for (let i = this.start, k = start; k < end; i++, k++) {
      if (bytes[i] !== bytes[k]) return false;
    }
    return true;
  }

  text(bytes: Uint8Array): string {
    return this.start === this.end ? "" : utf8.decode(bytes.subarray(this.start, this.end));
  }
}

export class ZipkinProcess {
  readonly #resources = new ByteKeyedCache<Resource>();
  readonly #scopes = new ByteKeyedCache<Scope>();
  #isFirst = true;
  // Of the span before, and of this one.
  #toldService = new Place();
  #toldScopeName = new Place();
  #toldScopeVersion = new Place();
  #service = new Place();
  #scopeName = new Place();
  #scopeVersion = new Place();

  /** Before the first span of an input. */
  reset(): void {
    this.#isFirst = true;
  }

  /** @param fields what was taken of the span's tags */
  tell(span: ZipkinPlaces, fields: JaegerTagFields, sink: SpanSink): void {
    const { bytes } = span;
    this.#read(span, fields);
    if (this.#isFirst || !this.#service.equals(bytes, this.#toldService)) {
      const { start, end } = this.#service;
      const make = (): Resource => resourceOf(this.#service.text(bytes));
      sink.resource(this.#resources.get(bytes, start, end, end, end, make));
      [this.#service, this.#toldService] = [this.#toldService, this.#service];
    }
    const isSameScope =
      this.#scopeName.equals(bytes, this.#toldScopeName) &&
      this.#scopeVersion.equals(bytes, this.#toldScopeVersion);
    if (this.#isFirst || !isSameScope) {
      const { start, end } = this.#scopeName;
      const version = this.#scopeVersion;
      const make = (): Scope => scopeOf(this.#scopeName.text(bytes), version.text(bytes));
      sink.scope(this.#scopes.get(bytes, start, end, version.start, version.end, make));
      [this.#scopeName, this.#toldScopeName] = [this.#toldScopeName, this.#scopeName];
      [this.#scopeVersion, this.#toldScopeVersion] = [this.#toldScopeVersion, this.#scopeVersion];
    }
    this.#isFirst = false;
  }

  #read({ tags, local, endpoints }: ZipkinPlaces, fields: JaegerTagFields): void {
    const { cells, columns } = endpoints;
    const at = local * columns;
    if (local < 0) this.#service.set(0, 0);
    else this.#service.set(cells[at + Endpoint.nameStart] ?? 0, cells[at + Endpoint.nameEnd] ?? 0);
    setTag(this.#scopeName, tags, fields.scopeName);
    setTag(this.#scopeVersion, tags, fields.scopeVersion);
  }
}

/** The text of a tag, or none. */
function setTag(place: Place, tags: JaegerTagTable, row: number): void {
  if (row < 0) place.set(0, 0);
  else place.set(tags.start(row), tags.end(row));
}

function resourceOf(service: string): Resource {
  const attributes = service === "" ? NO_ATTRIBUTES : new Map([["service.name", service]]);
  return { attributes, droppedAttributesCount: 0, schemaUrl: "" };
}

function scopeOf(name: string, version: string): Scope {
  return { name, version, attributes: NO_ATTRIBUTES, droppedAttributesCount: 0, schemaUrl: "" };
}
