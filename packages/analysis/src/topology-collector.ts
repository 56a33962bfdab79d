// Collects over many traces what one of them cannot know. Traces may come in any order, and more than once.

import {
  type Resource,
  type Span,
  SpanKind,
  type Trace,
  type UnixNanos,
} from "@culprit/trace-model";
import { instanceOf, targetOf } from "./target.ts";
import type { Topology } from "./topology.ts";

/** Entries kept of each kind, tens of megabytes: an address or instance made up for every trace must not fill the memory. */
const MAX_ENTRIES = 100_000;

export class TopologyCollector {
  readonly #callees = new Map<string, string>();
  /** Several services answer at these, as behind a proxy: who should have answered there is not known. */
  readonly #shared = new Set<string>();
  readonly #firstSeen = new Map<string, UnixNanos>();

  /** A live view: it shows what is added later, too. */
  readonly topology: Topology = { callees: this.#callees, firstSeen: this.#firstSeen };

  add(trace: Trace): void {
    const { spans, parent } = trace;
    const earliest = new Map<Resource, Span>();
    for (let row = 0; row < spans.length; row++) {
      const span = spans[row] as Span;
      const known = earliest.get(span.resource);
      if (known === undefined || span.startUnixNano < known.startUnixNano) {
        earliest.set(span.resource, span);
      }
      if (span.kind !== SpanKind.server) continue;
      const above = spans[parent[row] as number];
      if (above?.kind === SpanKind.client) {
        this.#addCallee(above, trace.services[trace.service[row] as number] as string);
      }
    }
    for (const span of earliest.values()) this.#addInstance(span);
  }

  #addCallee(client: Span, callee: string): void {
    const target = targetOf(client);
    if (target === undefined) return;
    const known = this.#callees.get(target);
    if (known === callee || this.#shared.has(target)) return;
    if (known !== undefined) {
      this.#callees.delete(target);
      this.#shared.add(target);
    } else if (this.#callees.size + this.#shared.size < MAX_ENTRIES) {
      this.#callees.set(target, callee);
    }
  }

  #addInstance(span: Span): void {
    const instance = instanceOf(span);
    if (instance === undefined) return;
    const known = this.#firstSeen.get(instance);
    if (known === undefined ? this.#firstSeen.size < MAX_ENTRIES : span.startUnixNano < known) {
      this.#firstSeen.set(instance, span.startUnixNano);
    }
  }
}
