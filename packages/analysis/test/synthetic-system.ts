// A made-up system of services, its traffic and one fault in it, drawn from a seed: what explain is judged by beside real
// incidents. Nothing of it is known to the code that is judged.

import { SpanKind, type TraceColumns } from "@culprit/trace-model";

export const FAULTS = [
  "slow operation",
  "slow for some",
  "slow query",
  "slow gateway",
  "network delay",
  "starved of processor",
  "errors",
  "callee that hangs",
  "fan-out",
  "no longer calls",
  "silent",
  "caller gives up",
] as const;
export type Fault = (typeof FAULTS)[number];

export interface SyntheticIncident {
  readonly columns: TraceColumns;
  readonly fault: Fault;
  /** Where it was injected. */
  readonly service: string;
}

interface Operation {
  readonly service: number;
  readonly name: number;
  readonly workNanos: number;
  /** Of the logarithm. */
  readonly sigma: number;
  readonly query: Leaf | undefined;
  readonly gateway: Leaf | undefined;
  readonly calls: readonly { readonly operation: number; readonly probability: number }[];
}

interface Leaf {
  readonly name: number;
  readonly nanos: number;
}

interface Injection {
  readonly fault: Fault;
  readonly service: number;
  readonly operation: number;
  readonly factor: number;
  readonly share: number;
}

const MS = 1e6;
const NEEDS_KINDS: ReadonlySet<Fault> = new Set(["silent", "slow gateway", "caller gives up"]);
/** How long the first service waits for an answer: longer than any healthy one takes. */
const PATIENCE_NANOS = 10_000 * MS;

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Undefined where the drawn fault meets fewer than ten traces of the incident. */
export function syntheticIncident(seed: number, fault: Fault): SyntheticIncident | undefined {
  return new Simulation(randomOf(seed * 7919 + FAULTS.indexOf(fault)), fault).run();
}

class Simulation {
  readonly #random: () => number;
  readonly #serviceCount: number;
  readonly #operations: Operation[] = [];
  readonly #hasKinds: boolean;
  readonly #injection: Injection;
  /** What a server's span does when its caller gives up: it goes on, or ends with the connection, failed or not. */
  readonly #givenUpServer: "goes on" | "ends" | "fails";
  readonly #names: string[] = [];
  /** By service, how fast its hosts are in the present window. */
  #pace: number[] = [];
  #isIncident = false;
  #met = false;

  readonly #firstRow: number[] = [0];
  readonly #group: number[] = [];
  #rows: Row[] = [];
  readonly #all: Row[] = [];

  constructor(random: () => number, fault: Fault) {
    this.#random = random;
    this.#serviceCount = 5 + this.#below(11);
    this.#hasKinds = random() < 0.7 || NEEDS_KINDS.has(fault);
    this.#build();
    this.#injection = this.#inject(fault);
    this.#givenUpServer =
      fault === "caller gives up"
        ? ((["goes on", "ends", "fails"] as const)[this.#below(3)] ?? "ends")
        : "goes on";
  }

  run(): SyntheticIncident | undefined {
    const perWindow = 40 + this.#below(160);
    for (let window = 0; window < 4; window++) this.#window(false, perWindow);
    const met = this.#window(true, 60 + this.#below(240));
    if (met < 10) return undefined;
    const { fault, service } = this.#injection;
    return { columns: this.#columns(), fault, service: `service-${service}` };
  }

  /** How many traces met the fault. */
  #window(isIncident: boolean, traces: number): number {
    this.#isIncident = isIncident;
    this.#pace = Array.from({ length: this.#serviceCount }, () => this.#jitter(0.07));
    let met = 0;
    for (let i = 0; i < traces; i++) {
      this.#met = false;
      this.#rows = [];
      this.#serve(0, this.#below(2), -1);
      const order = this.#rows.map((_, row) => row);
      order.sort((a, b) => (this.#rows[a] as Row).start - (this.#rows[b] as Row).start || a - b);
      const placeOf = new Map(order.map((row, place) => [row, this.#all.length + place]));
      for (const row of order) {
        const span = this.#rows[row] as Row;
        this.#all.push({ ...span, parent: placeOf.get(span.parent) ?? -1 });
      }
      this.#firstRow.push(this.#all.length);
      this.#group.push(isIncident ? 1 : 0);
      if (this.#met) met++;
    }
    return met;
  }

  #build(): void {
    for (let service = 0; service < this.#serviceCount; service++) {
      for (let i = 0; i < 2; i++) {
        // Callees come later, so that there is no way back.
        const later = this.#serviceCount - service - 1;
        const calls = Array.from(
          { length: Math.min(later, this.#below(4) + (service === 0 ? 2 : 0)) },
          () => ({
            operation: (service + 1 + this.#below(later)) * 2 + this.#below(2),
            probability: this.#random() < 0.6 ? 1 : 0.2 + 0.7 * this.#random(),
          }),
        );
        this.#operations.push({
          service,
          name: this.#name(`operation ${service}.${i}`),
          workNanos: 0.2 * MS * 100 ** this.#random(),
          sigma: 0.1 + 0.6 * this.#random(),
          query: this.#random() < 0.4 ? this.#leaf(`SELECT ${service}.${i}`) : undefined,
          gateway: this.#random() < 0.15 ? this.#leaf(`POST ${service}.${i}`) : undefined,
          calls,
        });
      }
    }
  }

  #leaf(name: string): Leaf {
    return { name: this.#name(name), nanos: MS * 30 ** this.#random() };
  }

  #inject(fault: Fault): Injection {
    const suits = (operation: Operation): boolean => {
      if (fault === "slow query") return operation.query !== undefined;
      if (fault === "slow gateway") return operation.gateway !== undefined;
      if (fault === "caller gives up") {
        return operation.query !== undefined && !this.#isCalledFirst(operation);
      }
      if (fault === "fan-out" || fault === "no longer calls") {
        return operation.calls.some(({ probability }) => probability === 1);
      }
      return fault !== "silent" && fault !== "callee that hangs" && fault !== "network delay"
        ? true
        : operation.service > 0;
    };
    const reached = new Set([0, 1]);
    for (const index of reached) {
      for (const { operation } of this.#operations[index]?.calls ?? []) reached.add(operation);
    }
    const fit = [...reached].filter((index) => suits(this.#operations[index] as Operation));
    const operation = fit[this.#below(fit.length)] ?? 0;
    return {
      fault,
      operation,
      service: (this.#operations[operation] as Operation).service,
      factor: 4 * 5 ** this.#random(),
      share: fault === "slow for some" ? 0.1 + 0.2 * this.#random() : 0.5 + 0.5 * this.#random(),
    };
  }

  #isCalledFirst({ service }: Operation): boolean {
    const entries = this.#operations.slice(0, 2);
    const isCalled = entries.some(({ calls }) =>
      calls.some(({ operation }) => this.#operations[operation]?.service === service),
    );
    return service === 0 || isCalled;
  }

  /** Whether the present call meets the fault. */
  #meets(fault: Fault, operation: Operation, everywhere = false): boolean {
    const injection = this.#injection;
    if (!this.#isIncident || injection.fault !== fault) return false;
    if (
      everywhere
        ? operation.service !== injection.service
        : this.#operations[injection.operation] !== operation
    ) {
      return false;
    }
    if (this.#random() >= injection.share) return false;
    this.#met = true;
    return true;
  }

  /** Appends the operation's spans and returns its end and whether it failed. */
  #serve(start: number, index: number, parent: number): { end: number; failed: boolean } {
    const operation = this.#operations[index] as Operation;
    const { service, name, query, gateway, sigma } = operation;
    const row = this.#span(
      service,
      name,
      parent === -1 || this.#rows[parent]?.service !== service
        ? SpanKind.server
        : SpanKind.internal,
      start,
      parent,
    );
    let work = operation.workNanos * this.#jitter(sigma) * (this.#pace[service] as number);
    if (this.#random() < 0.01) work += 20 * MS * this.#random();
    const { factor } = this.#injection;
    const slowBy = Math.max(operation.workNanos, 5 * MS) * factor;
    if (this.#meets("slow operation", operation) || this.#meets("slow for some", operation))
      work += slowBy;
    const isStarved = this.#meets("starved of processor", operation, true);
    if (isStarved) work *= factor;
    let at = start + work / 2;
    if (query !== undefined) {
      let slow = this.#meets("slow query", operation) ? 10 * MS * factor : 0;
      if (this.#meets("caller gives up", operation)) slow = 2 * PATIENCE_NANOS;
      at = this.#leafSpan(service, query, at, row, slow);
    }
    if (gateway !== undefined) {
      const slow = this.#meets("slow gateway", operation) ? 10 * MS * factor : 0;
      at = this.#leafSpan(service, gateway, at, row, slow);
    }
    let failed = this.#meets("errors", operation);
    for (const { operation: callee, probability } of operation.calls) {
      if (failed) break;
      if (this.#random() >= probability) continue;
      const isUsual = probability === 1;
      if (isUsual && this.#meets("no longer calls", operation)) break;
      const times = isUsual && this.#meets("fan-out", operation) ? 8 : 1;
      for (let i = 0; i < times && !failed; i++) {
        const call = this.#call(at, callee, row, isStarved);
        at = call.end;
        failed = call.failed;
      }
    }
    const end = at + work / 2;
    this.#finish(row, end, failed);
    return { end, failed };
  }

  #leafSpan(
    service: number,
    { name, nanos }: Leaf,
    start: number,
    parent: number,
    slow: number,
  ): number {
    const row = this.#span(service, name, SpanKind.client, start, parent);
    const end = start + nanos * this.#jitter(0.3) + slow;
    this.#finish(row, end, false);
    return end;
  }

  #call(
    start: number,
    index: number,
    parent: number,
    isStarved: boolean,
  ): { end: number; failed: boolean } {
    const callee = this.#operations[index] as Operation;
    const caller = (this.#rows[parent] as Row).service;
    const row = this.#span(
      caller,
      this.#name(`call ${callee.service}`),
      SpanKind.client,
      start,
      parent,
    );
    let gap = 0.6 * MS * this.#jitter(0.4);
    if (this.#meets("network delay", callee, true)) gap += 8 * MS * this.#injection.factor;
    if (isStarved) gap += 5 * MS * this.#injection.factor;
    if (this.#meets("callee that hangs", callee, true)) {
      // The caller gives up; the callee's span never arrives.
      const end = start + 30 * MS * this.#injection.factor;
      this.#finish(row, end, true);
      return { end, failed: true };
    }
    if (this.#meets("silent", callee, true)) {
      const end = start + callee.workNanos;
      this.#finish(row, end, false);
      return { end, failed: false };
    }
    const answer = this.#serve(start + gap / 2, index, row);
    const patienceEnds = start + PATIENCE_NANOS;
    if (caller === 0 && answer.end + gap / 2 > patienceEnds) {
      this.#finish(row, patienceEnds, true);
      if (this.#givenUpServer !== "goes on") {
        this.#finish(row + 1, patienceEnds + gap / 2, this.#givenUpServer === "fails");
      }
      return { end: patienceEnds, failed: true };
    }
    this.#finish(row, answer.end + gap / 2, answer.failed);
    return { end: answer.end + gap / 2, failed: answer.failed };
  }

  #span(service: number, name: number, kind: number, start: number, parent: number): number {
    return (
      this.#rows.push({
        service,
        name,
        kind: this.#hasKinds ? kind : 0,
        start,
        end: start,
        parent,
        failed: false,
      }) - 1
    );
  }

  #finish(row: number, end: number, failed: boolean): void {
    const span = this.#rows[row] as Row;
    span.end = end;
    span.failed = failed;
  }

  #name(text: string): number {
    const known = this.#names.indexOf(text);
    return known >= 0 ? known : this.#names.push(text) - 1;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** Log-normal with median 1. */
  #jitter(sigma: number): number {
    const normal =
      Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
    return Math.exp(sigma * normal);
  }

  #columns(): TraceColumns {
    const rows = this.#all;
    return {
      traceIds: this.#group.map((_, trace) => (trace + 1).toString(16).padStart(32, "0")),
      firstRow: Uint32Array.from(this.#firstRow),
      root: Uint32Array.from(this.#firstRow.slice(0, -1)),
      group: Uint8Array.from(this.#group),
      parent: Int32Array.from(rows, ({ parent }) => parent),
      service: Uint32Array.from(rows, ({ service }) => service),
      operation: Uint32Array.from(rows, ({ name }) => name),
      resource: new Uint32Array(rows.length),
      kind: Uint8Array.from(rows, ({ kind }) => kind),
      errs: Uint8Array.from(rows, ({ failed }) => (failed ? 1 : 0)),
      marked: new Uint8Array(rows.length),
      startNanos: Float64Array.from(rows, ({ start }) => Math.round(start)),
      durationNanos: Float64Array.from(
        rows,
        ({ start, end }) => Math.round(end) - Math.round(start),
      ),
      services: Array.from({ length: this.#serviceCount }, (_, service) => `service-${service}`),
      operations: this.#names,
      resources: [[]],
    };
  }
}

interface Row {
  readonly service: number;
  readonly name: number;
  readonly kind: number;
  readonly start: number;
  end: number;
  readonly parent: number;
  failed: boolean;
}
