// Traces in which services call one another and their databases in every way that a finding is about: again and again,
// at once, in vain, through frameworks, into services that report and into others. Times are milliseconds.

import type { AttributeValue, Span, SpanLink } from "@culprit/trace-model";
import fc from "fast-check";
import { resource, sketched, spanId, TRACE_ID } from "../../trace-model/test/sketched-span.ts";

const MILLISECOND = 1_000_000n;

/** What a span did: `times` like it in a row or at once, each with the steps below it. */
interface Step {
  readonly what: "work" | "query" | "call" | "connect" | "publish" | "follow";
  readonly service: number;
  readonly times: number;
  readonly atOnce: boolean;
  /** Before the first step and after the last. */
  readonly ownMs: number;
  /** How many of the times fail, the first ones. */
  readonly failing: number;
  /** The call is not answered by a span, or its caller gives up before. */
  readonly fate:
    | "answered"
    | "silent"
    | "abandoned"
    | "skewed"
    | "lost"
    | "cold"
    | "swallowed"
    | "unmarked";
  readonly steps: readonly Step[];
}

function stepOf(depth: number): fc.Arbitrary<Step> {
  const below = depth === 0 ? fc.constant([]) : fc.array(stepOf(depth - 1), { maxLength: 3 });
  return fc.record({
    what: fc.constantFrom(
      ...([
        "work",
        "query",
        "query",
        "call",
        "call",
        "call",
        "connect",
        "publish",
        "follow",
      ] as const),
    ),
    service: fc.nat(3),
    times: fc.constantFrom(1, 1, 1, 2, 3, 5, 6, 12),
    atOnce: fc.boolean(),
    ownMs: fc.constantFrom(0, 1, 20, 70, 600),
    failing: fc.constantFrom(0, 0, 0, 1, 2, 12),
    fate: fc.constantFrom(
      ...(["answered", "answered", "answered", "silent", "abandoned"] as const),
      ...(["skewed", "lost", "cold", "swallowed", "unmarked"] as const),
    ),
    steps: below,
  });
}

/** At most this many spans: twelve times twelve times twelve would be too many. */
const MAX_SPANS = 120;

export const callingTraces: fc.Arbitrary<Span[]> = fc
  .array(stepOf(3), { minLength: 1, maxLength: 4 })
  .map((steps) => new Writer().trace(steps));

class Writer {
  readonly #spans: Span[] = [];
  readonly #resources = [0, 1, 2, 3].map((service) =>
    resource({
      "service.name": `service-${service}`,
      "service.instance.id": `${service}`,
      "host.name": `host-${service}`,
    }),
  );

  trace(steps: readonly Step[]): Span[] {
    const id = this.#nextId();
    const end = this.#steps(steps, id, 0, 5);
    this.#write({ id, parent: "", service: 0, name: "GET /", kind: 2, start: 0, end: end + 5 });
    return this.#spans;
  }

  #taken = 0;

  #nextId(): string {
    this.#taken++;
    return this.#taken.toString(16);
  }

  /** Returns the end of the last. */
  #steps(steps: readonly Step[], parent: string, service: number, from: number): number {
    let at = from;
    for (const each of steps) {
      let last = at;
      for (let time = 0; time < each.times && this.#taken < MAX_SPANS; time++) {
        const end = this.#step(each, time, parent, service, at);
        last = Math.max(last, end);
        if (!each.atOnce) at = end + 1;
      }
      at = last;
    }
    return at;
  }

  #step(step: Step, time: number, parent: string, service: number, start: number): number {
    const id = this.#nextId();
    const fails = time < step.failing;
    const inside = start + step.ownMs;
    const base = { id, parent, service, start, status: fails ? 2 : 0 };
    if (step.what === "call") return this.#call(step, fails, base, inside);
    const below = step.what === "query" || step.what === "connect" ? [] : step.steps;
    const end = this.#steps(below, id, service, inside) + 3;
    const text = { "db.system.name": "postgresql", "db.query.text": `SELECT ${time}` };
    const kinds: Record<Step["what"], Partial<Written>> = {
      work: { name: "work", kind: 1 },
      follow: { name: "follow", kind: 1, follows: true },
      query: { name: "pg.query", kind: 3, attributes: text },
      connect: { name: "pg-pool.connect", kind: 3, attributes: { "db.system.name": "postgresql" } },
      publish: { name: "publish", kind: 4 },
      call: {},
    };
    this.#write({ name: "", kind: 1, ...base, end, ...kinds[step.what] });
    if (step.what === "publish") {
      const consumer = { id: this.#nextId(), parent: id, service: step.service, name: "consume" };
      this.#write({ ...consumer, kind: 5, start: end + 5, end: end + 50, status: base.status });
    }
    return end;
  }

  #call(step: Step, fails: boolean, base: Base, inside: number): number {
    const { fate } = step;
    const answer = this.#nextId();
    const begun = inside + (fate === "cold" ? 300 : 1);
    const end = this.#steps(step.steps, answer, step.service, begun) + 3;
    const failed = fails || fate === "abandoned" || fate === "unmarked";
    const client = {
      "http.request.method": step.ownMs === 0 ? "POST" : "GET",
      "server.address": `host-${step.service}`,
      "server.port": 80n,
      ...(failed && fate !== "abandoned" ? { "http.response.status_code": 500n } : {}),
    };
    const status = fate === "unmarked" || !failed ? 0 : 2;
    const gaveUp = fate === "abandoned" ? (inside + end) / 2 : end + 2;
    const kind = 3;
    this.#write({ ...base, name: "HTTP", kind, end: gaveUp, status, attributes: client });
    if (fate === "silent") return gaveUp;
    const shift = fate === "skewed" ? 5000 : 0;
    this.#write({
      id: answer,
      parent: fate === "lost" ? "ffff" : base.id,
      service: step.service,
      name: "answer",
      kind: 2,
      start: inside + shift,
      end: end + shift,
      status: fails && fate !== "swallowed" && fate !== "unmarked" ? 2 : 0,
      attributes: { "http.route": "/", ...(fate === "cold" ? { "faas.coldstart": true } : {}) },
    });
    return gaveUp;
  }

  #write(written: Written): void {
    const { service, start, end, follows, attributes = {}, ...rest } = written;
    const span = sketched({
      ...rest,
      start: MILLISECOND * BigInt(Math.round(start)),
      end: MILLISECOND * BigInt(Math.round(end)),
      attributes,
      ...(this.#resources[service] === undefined ? {} : { resource: this.#resources[service] }),
    });
    this.#spans.push(follows === true ? { ...span, links: [followsFrom(written.parent)] } : span);
  }
}

interface Base {
  readonly id: string;
  readonly parent: string;
  readonly service: number;
  readonly start: number;
  readonly status: number;
}

interface Written extends Omit<Base, "status"> {
  readonly name: string;
  readonly kind: number;
  readonly end: number;
  readonly status?: number;
  readonly follows?: boolean;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** As Jaeger's FOLLOWS_FROM comes in. */
export function followsFrom(parent: string): SpanLink {
  return {
    traceId: TRACE_ID,
    spanId: spanId(parent),
    traceState: "",
    attributes: new Map([["opentracing.ref_type", "follows_from"]]),
    droppedAttributesCount: 0,
    flags: 0,
  };
}
