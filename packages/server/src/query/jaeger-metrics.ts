// Jaeger's metrics of services (its Monitor tab): latencies, call rates and error rates over time, in the JSON of its
// OpenMetrics families. Calls inside (point - ratePer, point] make a point, by the start of their spans. A rate is 0
// where nothing was called; of nothing there is neither latency nor error rate, and so no point.

import type { MetricSeries, MetricsQuery, MetricsReader } from "@culprit/store";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { jaegerAnswer } from "./jaeger-v1.ts";
import { parseMetricsRequest, quantileParameter } from "./metrics-request.ts";
import { sendJson } from "./send-json.ts";

/** Spans are kept to the nanosecond; times of requests are milliseconds. */
const MIN_STEP_MS = 1;

interface MetricFamily {
  readonly name: string;
  readonly type: "GAUGE";
  readonly help: string;
  readonly metrics: readonly Metric[];
}

interface Metric {
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly metricPoints: readonly MetricPoint[];
}

interface MetricPoint {
  readonly timestamp: string;
  readonly gaugeValue: { readonly doubleValue: number };
}

export function registerJaegerMetrics(
  app: FastifyInstance,
  reader: MetricsReader,
  parametersOf: (request: FastifyRequest) => URLSearchParams,
): void {
  app.get("/api/metrics/latencies", async (request, reply) => {
    const parameters = parametersOf(request);
    const quantile = quantileParameter(parameters);
    const query = parseMetricsRequest(parameters, Date.now());
    const latencies = await reader.latencies(query, quantile);
    const metrics = latencies.map((series) =>
      metricOf(query, series, (at) => (series.latencyNanos[at] as number) / 1e6),
    );
    const help = `${quantile.toFixed(2)}th quantile latency`;
    return sendJson(reply, familyOf(query, "latencies", help, metrics), parameters);
  });

  app.get("/api/metrics/calls", async (request, reply) => {
    const parameters = parametersOf(request);
    const query = parseMetricsRequest(parameters, Date.now());
    const seconds = Number(query.ratePerNanos) / 1e9;
    const metrics = (await reader.calls(query)).map((series) =>
      metricOf(query, series, (at) => (series.callCounts[at] as number) / seconds),
    );
    return sendJson(reply, familyOf(query, "call_rate", "calls/sec", metrics), parameters);
  });

  app.get("/api/metrics/errors", async (request, reply) => {
    const parameters = parametersOf(request);
    const query = parseMetricsRequest(parameters, Date.now());
    const metrics = (await reader.calls(query)).map((series) =>
      metricOf(
        query,
        series,
        // Not a number where there were no calls.
        (at) => (series.errorCounts[at] as number) / (series.callCounts[at] as number),
      ),
    );
    const help = "error rate, computed as a fraction of errors/sec over calls/sec";
    return sendJson(reply, familyOf(query, "error_rate", help, metrics), parameters);
  });

  app.get("/api/metrics/minstep", (request, reply) =>
    sendJson(reply, jaegerAnswer(MIN_STEP_MS), parametersOf(request)),
  );
}

function familyOf(
  { byOperation }: MetricsQuery,
  name: string,
  help: string,
  metrics: readonly Metric[],
): MetricFamily {
  return {
    name: `${byOperation ? "service_operation" : "service"}_${name}`,
    type: "GAUGE",
    help: `${help}, grouped by service${byOperation ? " & operation" : ""}`,
    metrics,
  };
}

function metricOf(
  query: MetricsQuery,
  { service, operation }: MetricSeries,
  valueAt: (point: number) => number,
): Metric {
  const labels = [{ name: "service_name", value: service }];
  if (query.byOperation) labels.unshift({ name: "operation", value: operation });
  const metricPoints: MetricPoint[] = [];
  for (let at = 0; at < query.pointCount; at++) {
    const doubleValue = valueAt(at);
    if (Number.isNaN(doubleValue)) continue;
    metricPoints.push({ timestamp: timestampOf(query, at), gaugeValue: { doubleValue } });
  }
  return { labels, metricPoints };
}

function timestampOf({ firstUnixNano, stepNanos }: MetricsQuery, at: number): string {
  return new Date(Number((firstUnixNano + BigInt(at) * stepNanos) / 1_000_000n)).toISOString();
}
