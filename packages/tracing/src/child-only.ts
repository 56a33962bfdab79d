import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";

/**
 * A provider whose spans exist only under another span. Opening a connection or looking up a name in
 * the background (a pool that refills, a socket that reconnects) would otherwise be a trace of one span.
 * `names` limits the rule to those spans.
 */
export function childOnly(provider: TracerProvider, names?: ReadonlySet<string>): TracerProvider {
  return {
    getTracer(...args: Parameters<TracerProvider["getTracer"]>): Tracer {
      return new ChildOnlyTracer(provider.getTracer(...args), names);
    },
  };
}

class ChildOnlyTracer implements Tracer {
  readonly #tracer: Tracer;
  readonly #names: ReadonlySet<string> | undefined;
  readonly startActiveSpan: Tracer["startActiveSpan"];

  constructor(tracer: Tracer, names: ReadonlySet<string> | undefined) {
    this.#tracer = tracer;
    this.#names = names;
    this.startActiveSpan = tracer.startActiveSpan.bind(tracer);
  }

  startSpan(name: string, options?: SpanOptions, parent: Context = context.active()): Span {
    const spanContext = trace.getSpanContext(parent);
    const hasParent = spanContext !== undefined && isSpanContextValid(spanContext);
    if (!hasParent && (this.#names === undefined || this.#names.has(name))) {
      return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    }
    return this.#tracer.startSpan(name, options, parent);
  }
}
