// Collects over many traces what one of them cannot know. Traces may come in any order, and more than once.

import { type Span, SpanKind, type Trace, type UnixNanos } from "@culprit/trace-model";
import { anyInstance, earliestStart, instanceOf, targetOf } from "./target.ts";
import type { Topology } from "./topology.ts";

/** Entries kept of each kind, tens of megabytes: an address or instance made up for every trace must not fill the memory. */
const MAX_ENTRIES = 100_000;

/** What a collector knows, in a form that can be kept and learnt again. */
export interface TopologyKnowledge {
  /** A target at which several services answered comes with two of them. */
  readonly callees: readonly { readonly target: string; readonly service: string }[];
  readonly instances: readonly { readonly instance: string; readonly firstSeen: UnixNanos }[];
}

export class TopologyCollector {
  readonly #callees = new Map<string, string>();
  /** Several services answer at these, as behind a proxy: who should have answered there is not known. */
  readonly #shared = new Map<string, readonly [string, string]>();
  readonly #firstSeen = new Map<string, UnixNanos>();
  #newTargets = new Set<string>();
  #newInstances = new Set<string>();

  /** A live view: it shows what is added later, too. */
  readonly topology: Topology = { callees: this.#callees, firstSeen: this.#firstSeen };

  add(trace: Trace): void {
    const { spans, parent } = trace;
    for (let row = 0; row < spans.length; row++) {
      const span = spans[row] as Span;
      if (span.kind !== SpanKind.server) continue;
      const above = spans[parent[row] as number];
      if (above?.kind === SpanKind.client) {
        this.#addCallee(above, trace.services[trace.service[row] as number] as string);
      }
    }
    if (this.#isNewInstanceIn(spans)) this.#addInstances(spans);
  }

  learn({ callees, instances }: TopologyKnowledge): void {
    for (const { target, service } of callees) this.#learnCallee(target, service);
    for (const { instance, firstSeen } of instances) this.#learnInstance(instance, firstSeen);
  }

  /** What was learnt since the last time it was asked. */
  takeNews(): TopologyKnowledge {
    const news = this.#knowledge(this.#newTargets, this.#newInstances);
    this.#newTargets = new Set();
    this.#newInstances = new Set();
    return news;
  }

  knowledge(): TopologyKnowledge {
    return this.#knowledge(
      [...this.#callees.keys(), ...this.#shared.keys()],
      this.#firstSeen.keys(),
    );
  }

  #knowledge(targets: Iterable<string>, instances: Iterable<string>): TopologyKnowledge {
    return {
      callees: Array.from(targets).flatMap((target) =>
        (this.#shared.get(target) ?? [this.#callees.get(target) as string]).map((service) => ({
          target,
          service,
        })),
      ),
      instances: Array.from(instances, (instance) => ({
        instance,
        firstSeen: this.#firstSeen.get(instance) as UnixNanos,
      })),
    };
  }

  #addCallee(client: Span, callee: string): void {
    const target = targetOf(client);
    if (target !== undefined) this.#learnCallee(target, callee);
  }

  #learnCallee(target: string, callee: string): void {
    const known = this.#callees.get(target);
    if (known === callee || this.#shared.has(target)) return;
    if (known !== undefined) {
      this.#callees.delete(target);
      this.#shared.set(target, [known, callee]);
    } else if (this.#callees.size + this.#shared.size < MAX_ENTRIES) {
      this.#callees.set(target, callee);
    } else {
      return;
    }
    this.#newTargets.add(target);
  }

  /** Mostly there is none, nor one that began earlier than was known, which is told without asking which began when. */
  #isNewInstanceIn(spans: readonly Span[]): boolean {
    const earliest = earliestStart(spans);
    return anyInstance(spans, (instance) => {
      const known = this.#firstSeen.get(instance);
      return known === undefined || earliest < known;
    });
  }

  #addInstances(spans: readonly Span[]): void {
    for (const span of spans) {
      const instance = instanceOf(span);
      if (instance !== undefined) this.#learnInstance(instance, span.startUnixNano);
    }
  }

  #learnInstance(instance: string, start: UnixNanos): void {
    const known = this.#firstSeen.get(instance);
    if (known === undefined ? this.#firstSeen.size < MAX_ENTRIES : start < known) {
      this.#firstSeen.set(instance, start);
      this.#newInstances.add(instance);
    }
  }
}
