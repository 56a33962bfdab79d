// What Jaeger's metrics are asked for: its parameters, and what it says of wrong ones.
// https://www.jaegertracing.io/docs/1.76/architecture/apis/#service-performance-metrics-internal-http

import type { MetricsQuery } from "@culprit/store";
import { SpanKind } from "@culprit/trace-model";
import { ParameterError } from "./parameter-error.ts";
import { booleanParameter, integerParameter } from "./trace-query-parameters.ts";

const LOOKBACK_MS = 3_600_000n;
const STEP_MS = 5_000n;
const RATE_PER_MS = 600_000n;

/** Of one series: more than a screen has pixels, and what Prometheus, from which Jaeger's clients expect it, allows. */
const MAX_POINTS = 11_000n;

/** More than a century, so that all sums of moments and durations are nanoseconds of 64 bits. */
const MAX_MS = 4_000_000_000_000n;

/** @throws ParameterError */
export function parseMetricsRequest(parameters: URLSearchParams, nowMs: number): MetricsQuery {
  const services = parameters.getAll("service").filter((service) => service !== "");
  if (services.length === 0) throw malformed("service", "please provide at least one service name");
  const byOperation = booleanParameter(parameters, "groupByOperation");
  const kinds = kindsOf(parameters);
  const endMs = millisParameter(parameters, "endTs", BigInt(nowMs), 0n);
  const lookbackMs = millisParameter(parameters, "lookback", LOOKBACK_MS, 0n);
  const stepMs = millisParameter(parameters, "step", STEP_MS, 1n);
  const ratePerMs = millisParameter(parameters, "ratePer", RATE_PER_MS, 1n);
  const points = lookbackMs / stepMs + 1n;
  if (points > MAX_POINTS) {
    throw malformed(
      "step",
      `${stepMs} ms over a lookback of ${lookbackMs} ms are ${points} points; ${MAX_POINTS} are the most`,
    );
  }
  return {
    services,
    kinds,
    byOperation,
    firstUnixNano: (endMs - lookbackMs) * 1_000_000n,
    stepNanos: stepMs * 1_000_000n,
    pointCount: Number(points),
    ratePerNanos: ratePerMs * 1_000_000n,
  };
}

/** @throws ParameterError */
export function quantileParameter(parameters: URLSearchParams): number {
  const text = parameters.get("quantile") ?? "";
  const quantile = text.trim() === "" ? Number.NaN : Number(text);
  if (quantile >= 0 && quantile <= 1) return quantile;
  throw malformed("quantile", `"${text}" is not a number from 0 to 1`);
}

function kindsOf(parameters: URLSearchParams): SpanKind[] {
  const names = parameters.getAll("spanKind");
  if (names.length === 0) return [SpanKind.server];
  return names.map((name) => {
    if (Object.hasOwn(SpanKind, name)) return SpanKind[name as keyof typeof SpanKind];
    throw malformed("spanKind", `unsupported span kind: '${name}'`);
  });
}

function millisParameter(
  parameters: URLSearchParams,
  name: string,
  byDefault: bigint,
  least: bigint,
): bigint {
  const millis = integerParameter(parameters, name) ?? byDefault;
  if (millis >= least && millis <= MAX_MS) return millis;
  throw malformed(name, `${millis} is not from ${least} to ${MAX_MS}`);
}

function malformed(name: string, fault: string): ParameterError {
  return new ParameterError(`unable to parse param '${name}': ${fault}`);
}
