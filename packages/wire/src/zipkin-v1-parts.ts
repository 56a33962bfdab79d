// The spans that a span of Zipkin's version 1 is taken apart into: one for each service that logged a part of it.

import type { SpanKind } from "@culprit/trace-model";
import { Endpoint, type ZipkinPlaces } from "./zipkin-places.ts";

/** Two services log a span, at worst a few; what more of them logged goes to the first. It bounds what a span becomes. */
const MAX_PARTS = 16;

export interface ZipkinV1Part {
  readonly number: number;
  /** Rows of endpoints, or -1. */
  local: number;
  remote: number;
  kind: SpanKind;
  /** Nanoseconds; 0 for none. */
  start: bigint;
  duration: bigint;
  isShared: boolean;
}

export class ZipkinV1Parts {
  readonly #span: ZipkinPlaces;
  readonly first: ZipkinV1Part;
  readonly all: ZipkinV1Part[];

  constructor(span: ZipkinPlaces) {
    const { local, remote, kind, isShared } = span;
    this.#span = span;
    this.first = { number: 0, local, remote, kind, start: 0n, duration: 0n, isShared };
    this.all = [this.first];
  }

  /** The part of the service at an endpoint; what has no endpoint belongs to the first. */
  of(endpoint: number): ZipkinV1Part {
    if (endpoint < 0) return this.first;
    for (const part of this.all) {
      if (part.local < 0 && !this.isEmpty(endpoint)) part.local = endpoint;
      if (part.local < 0 || this.isSameService(part.local, endpoint)) return part;
    }
    return this.all.length < MAX_PARTS ? this.fork(endpoint) : this.first;
  }

  /** One more part, though its service may have one. */
  fork(endpoint: number): ZipkinV1Part {
    const { kind } = this.#span;
    const local = this.isEmpty(endpoint) ? -1 : endpoint;
    const number = this.all.length;
    const part = { number, local, remote: -1, kind, start: 0n, duration: 0n, isShared: false };
    this.all.push(part);
    return part;
  }

  isEmpty(endpoint: number): boolean {
    const { cells, columns } = this.#span.endpoints;
    const at = endpoint * columns;
    return (
      cells[at + Endpoint.nameStart] === cells[at + Endpoint.nameEnd] &&
      cells[at + Endpoint.addressStart] === cells[at + Endpoint.addressEnd] &&
      cells[at + Endpoint.port] === 0
    );
  }

  isSameService(a: number, b: number): boolean {
    return this.#isSameText(a, b, Endpoint.nameStart, Endpoint.nameEnd);
  }

  isSame(a: number, b: number): boolean {
    const { cells, columns } = this.#span.endpoints;
    return (
      this.isSameService(a, b) &&
      this.#isSameText(a, b, Endpoint.addressStart, Endpoint.addressEnd) &&
      cells[a * columns + Endpoint.port] === cells[b * columns + Endpoint.port]
    );
  }

  #isSameText(a: number, b: number, startColumn: number, endColumn: number): boolean {
    const { bytes, endpoints } = this.#span;
    const { cells, columns } = endpoints;
    const start = cells[a * columns + startColumn] as number;
    const otherStart = cells[b * columns + startColumn] as number;
    const length = (cells[a * columns + endColumn] as number) - start;
    if ((cells[b * columns + endColumn] as number) - otherStart !== length) return false;
    for (let i = 0; i < length; i++) {
      if (bytes[start + i] !== bytes[otherStart + i]) return false;
    }
    return true;
  }
}
