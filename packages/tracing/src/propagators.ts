import type { TextMapPropagator } from "@opentelemetry/api";
import {
  CompositePropagator,
  getStringFromEnv,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import { say } from "./exporter.ts";

const known: Readonly<Record<string, () => TextMapPropagator>> = {
  tracecontext: () => new W3CTraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
};

/** W3C trace context and baggage, or what of the two `OTEL_PROPAGATORS` names (`none` for nothing). */
export function createPropagator(): TextMapPropagator {
  const names = (getStringFromEnv("OTEL_PROPAGATORS") ?? "tracecontext,baggage")
    .split(",")
    .map((name) => name.trim());
  const propagators = [...new Set(names)].flatMap((name) => {
    if (name === "none" || name === "") return [];
    const create = known[name];
    if (create !== undefined) return [create()];
    say(
      `@culprit/tracing: the propagator "${name}" of OTEL_PROPAGATORS is not built in; left out.`,
    );
    return [];
  });
  return new CompositePropagator({ propagators });
}
