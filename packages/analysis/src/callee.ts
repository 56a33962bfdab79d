// Whom a call reached and what it asked for there, in words that two calls share when they did the same.

import type { Span, Trace } from "@culprit/trace-model";
import type { CallColumns } from "./call-columns.ts";
import { Role } from "./call-columns.ts";
import {
  DATABASE,
  firstText,
  HTTP_METHOD,
  RPC_METHOD,
  RPC_SERVICE,
  STATEMENT,
  URL_FULL,
  URL_PATH,
  URL_TEMPLATE,
} from "./conventions.ts";
import { statementOf } from "./statement.ts";
import { targetOf } from "./target.ts";
import type { Topology } from "./topology.ts";
import { TraceStatements } from "./trace-statements.ts";

/** At one target, as behind a gateway. */
const SEVERAL_SERVICES = -1;

export class Callees {
  readonly #trace: Trace;
  readonly #calls: CallColumns;
  readonly #topology: Topology;
  readonly #statements = new TraceStatements();
  /** Services that answered at a target in this trace, made when first asked for. */
  #answering: Map<string, number> | undefined;

  constructor(trace: Trace, calls: CallColumns, topology: Topology) {
    this.#trace = trace;
    this.#calls = calls;
    this.#topology = topology;
  }

  /** The callee's service, else its target, else what the call is named. */
  nameOf(row: number): string {
    const span = this.#trace.spans[row] as Span;
    const answer = this.#calls.answer[row] as number;
    if (answer >= 0) return this.#service(this.#trace.service[answer] as number);
    const target = targetOf(span);
    if (target !== undefined) return this.reporting(target) ?? target;
    return firstText(span.attributes, DATABASE) ?? span.name;
  }

  /** The service that reports spans from this target, in this trace or in others; undefined where several do. */
  reporting(target: string): string | undefined {
    const service = this.#answered().get(target);
    if (service === SEVERAL_SERVICES) return undefined;
    return service === undefined ? this.#topology.callees.get(target) : this.#service(service);
  }

  /** The answering span's route, the client's template or method, else its path without ids. */
  routeOf(row: number): string {
    const span = this.#trace.spans[row] as Span;
    const answer = this.#trace.spans[this.#calls.answer[row] as number];
    const method = firstText(span.attributes, HTTP_METHOD) ?? "";
    const route =
      (answer === undefined ? undefined : firstText(answer.attributes, URL_TEMPLATE)) ??
      firstText(span.attributes, URL_TEMPLATE) ??
      rpcOf(span) ??
      pathOf(span);
    if (route !== undefined) return `${method} ${route}`.trim();
    return answer?.name ?? span.name;
  }

  /** The same for the same statement, or for the same route of the same callee. */
  operationKey(row: number): string {
    if (this.#calls.role[row] === Role.query) return this.queryKey(row);
    return `${this.nameOf(row)} ${this.routeOf(row)}`;
  }

  queryKey(row: number): string {
    const span = this.#trace.spans[row] as Span;
    return statementOf(span, this.#statements) ?? `${this.nameOf(row)} ${span.name}`;
  }

  /** The same for what an attempt and its repetition ask for: they differ in nothing that the caller sent. */
  requestKey(row: number): string {
    const span = this.#trace.spans[row] as Span;
    const { attributes } = span;
    // An attempt may fail without an answer: behind a gateway only the target is the same.
    const target = targetOf(span);
    const whom = target === undefined ? this.nameOf(row) : (this.reporting(target) ?? target);
    if (this.#calls.role[row] === Role.query) {
      return `${whom} ${firstText(attributes, STATEMENT) ?? this.queryKey(row)}`;
    }
    const method = firstText(attributes, HTTP_METHOD) ?? "";
    const asked =
      firstText(attributes, URL_FULL) ??
      firstText(attributes, URL_PATH) ??
      rpcOf(span) ??
      span.name;
    return `${whom} ${method} ${asked}`;
  }

  #service(service: number): string {
    return this.#trace.services[service] as string;
  }

  #answered(): Map<string, number> {
    if (this.#answering !== undefined) return this.#answering;
    const answering = new Map<string, number>();
    const { spans, service } = this.#trace;
    const { role, answer } = this.#calls;
    for (let row = 0; row < spans.length; row++) {
      if (role[row] !== Role.call || (answer[row] as number) < 0) continue;
      const target = targetOf(spans[row] as Span);
      if (target === undefined) continue;
      const answered = service[answer[row] as number] as number;
      const known = answering.get(target);
      answering.set(
        target,
        known === undefined || known === answered ? answered : SEVERAL_SERVICES,
      );
    }
    this.#answering = answering;
    return answering;
  }
}

function rpcOf({ attributes }: Span): string | undefined {
  const method = firstText(attributes, RPC_METHOD);
  const service = firstText(attributes, RPC_SERVICE);
  if (method === undefined) return service;
  return service === undefined ? method : `${service}/${method}`;
}

/** A path without its query, numbers and ids replaced. */
function pathOf({ attributes }: Span): string | undefined {
  const text = firstText(attributes, URL_PATH) ?? firstText(attributes, URL_FULL);
  if (text === undefined) return undefined;
  const path = text.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
  return path
    .split("/")
    .map((part) => (isId(part) ? ":id" : part))
    .join("/");
}

/** Parts with a digit, but for versions such as v1. */
function isId(part: string): boolean {
  return /\d/.test(part) && !/^v\d+(?:\.\d+)*$/i.test(part);
}
