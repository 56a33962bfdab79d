import {
  type Attributes,
  type Context,
  context,
  createTraceState,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { recordFailure } from "./failure.ts";
import type { TraceContext } from "./trace-context.ts";
import { version } from "./version.ts";

/** Headers to write into or to read from: plain objects, Node's and Fastify's `headers` alike. */
export type Carrier = Record<string, string | string[] | undefined>;

interface SpanWithParent extends Span {
  readonly parentSpanContext?: { readonly spanId: string };
}

/**
 * Spans the way people write them, over the OpenTelemetry API. Spans are the API's own, so automatic
 * instrumentation and this class see each other's. Without `setupTracing` every method is a cheap no-op.
 */
export class DistributedTracer {
  readonly #tracer: Tracer;

  constructor(tracer: Tracer = trace.getTracer("@culprit/tracing", version)) {
    this.#tracer = tracer;
  }

  /** The first span of a new trace, whatever is active. The caller ends it. */
  startTrace(operation: string, attributes: Attributes = {}): Span {
    return this.#tracer.startSpan(operation, { root: true, attributes });
  }

  /** A span under `parent`, which may be a span of this process or a context of another one. The caller ends it. */
  createChildSpan(
    parent: Span | TraceContext,
    operation: string,
    attributes: Attributes = {},
  ): Span {
    return this.#tracer.startSpan(operation, { attributes }, contextOf(parent));
  }

  /** Writes W3C `traceparent`, `tracestate` and `baggage` of the span into the carrier, and returns it. */
  injectContext<C extends Carrier>(span: Span | TraceContext, carrier: C): C {
    propagation.inject(contextOf(span), carrier);
    return carrier;
  }

  /** The caller's context, or undefined when the carrier has none that is valid. */
  extractContext(carrier: Carrier): TraceContext | undefined {
    const extracted = propagation.extract(ROOT_CONTEXT, carrier);
    const remote = trace.getSpanContext(extracted);
    if (remote === undefined) return undefined;
    return {
      traceId: remote.traceId,
      spanId: remote.spanId,
      traceFlags: remote.traceFlags,
      ...(remote.traceState === undefined ? {} : { traceState: remote.traceState.serialize() }),
      baggage: baggageOf(extracted),
    };
  }

  /** Where the running code stands, or undefined outside of any span. */
  currentContext(): TraceContext | undefined {
    const span: SpanWithParent | undefined = trace.getActiveSpan();
    if (span === undefined) return undefined;
    const { traceId, spanId, traceFlags, traceState } = span.spanContext();
    const parentSpanId = span.parentSpanContext?.spanId;
    return {
      traceId,
      spanId,
      traceFlags,
      ...(parentSpanId === undefined ? {} : { parentSpanId }),
      ...(traceState === undefined ? {} : { traceState: traceState.serialize() }),
      baggage: baggageOf(context.active()),
    };
  }

  /**
   * Runs `work` in a span under the active one. The span ends when the work does; when it throws, the
   * span gets ERROR, `error.type` and, unless a span below already has it, the exception. The error goes on.
   */
  withSpan<Result>(operation: string, work: (span: Span) => Result): Result;
  withSpan<Result>(operation: string, attributes: Attributes, work: (span: Span) => Result): Result;
  withSpan<Result>(
    operation: string,
    attributesOrWork: Attributes | ((span: Span) => Result),
    maybeWork?: (span: Span) => Result,
  ): Result {
    const work = typeof attributesOrWork === "function" ? attributesOrWork : maybeWork;
    if (work === undefined) throw new TypeError("withSpan needs a function to run in the span");
    const attributes = typeof attributesOrWork === "function" ? {} : attributesOrWork;
    return this.#tracer.startActiveSpan(operation, { attributes }, (span) => runIn(span, work));
  }
}

function runIn<Result>(span: Span, work: (span: Span) => Result): Result {
  let result: Result;
  try {
    result = work(span);
  } catch (error) {
    recordFailure(span, error);
    span.end();
    throw error;
  }
  if (!isPromise(result)) {
    span.end();
    return result;
  }
  return result.then(
    (value) => {
      span.end();
      return value;
    },
    (error: unknown) => {
      recordFailure(span, error);
      span.end();
      throw error;
    },
  ) as Result;
}

/** Query builders and the like are not Promises, but are awaited just the same. */
function isPromise(value: unknown): value is Promise<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}

function contextOf(parent: Span | TraceContext): Context {
  if ("spanContext" in parent) return trace.setSpan(context.active(), parent);
  const { traceId, spanId, traceFlags, traceState, baggage } = parent;
  const spanContext = {
    traceId,
    spanId,
    traceFlags,
    isRemote: true,
    ...(traceState === undefined ? {} : { traceState: createTraceState(traceState) }),
  };
  const entries = Object.fromEntries(
    Object.entries(baggage).map(([key, value]) => [key, { value }]),
  );
  return propagation.setBaggage(
    trace.setSpanContext(context.active(), spanContext),
    propagation.createBaggage(entries),
  );
}

function baggageOf(from: Context): Record<string, string> {
  const entries = propagation.getBaggage(from)?.getAllEntries() ?? [];
  return Object.fromEntries(entries.map(([key, { value }]) => [key, value]));
}
