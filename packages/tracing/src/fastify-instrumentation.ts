import { FastifyOtelInstrumentation } from "@fastify/otel";
import type { Span } from "@opentelemetry/api";
import { recordFailure } from "./failure.ts";

type Plugin = ReturnType<FastifyOtelInstrumentation["plugin"]>;

/**
 * `@fastify/otel` with two habits of ours. A span for each request and one for its handler, none for the
 * hooks, which would be a dozen a request. And an exception is recorded once: by the span it was thrown
 * in, or by the request's when it was thrown in none; the others are marked ERROR.
 */
export class FastifyInstrumentation extends FastifyOtelInstrumentation {
  constructor() {
    super({ registerOnInitialization: true, instrumentHooks: false, recordExceptions: false });
  }

  override plugin(): Plugin {
    const plugin = super.plugin();
    const withErrors: Plugin = (instance, options, done) => {
      plugin(instance, options, done);
      instance.addHook("onError", (request, _reply, error, next) => {
        const span: Span | null = request.opentelemetry().span ?? null;
        if (span !== null) recordFailure(span, error);
        next();
      });
    };
    return withErrors;
  }
}
