import { doorFlags } from "@culprit/server";
import {
  defaultScenario,
  demoOrders,
  expectedOutcome,
  fateOf,
  type OrderRequest,
  type OrderResult,
  placeOrder,
  type Shop,
  startShop,
  whyUnsupported,
} from "@culprit/shop";
import { completeVerdict, type VerdictDocument } from "./complete-verdict.ts";
import { type CulpritProcess, startCulprit } from "./culprit-process.ts";
import type { DemoOptions } from "./options.ts";
import { whyPortsAreTaken } from "./ports.ts";
import { orderBlock, orderLine, seconds, totalsBlock, whereToLook } from "./report.ts";

export interface Judged {
  readonly order: OrderRequest;
  readonly result: OrderResult;
  readonly verdict: VerdictDocument | undefined;
}

/** Something the user can do something about, in one sentence. */
export class DemoFailure extends Error {}

const servicesByOutcome: Readonly<Record<string, readonly string[]>> = {
  payment_declined: ["frontend-service", "payment-service"],
  insufficient_stock: ["frontend-service", "payment-service", "inventory-service"],
};
const allServices = ["frontend-service", "payment-service", "inventory-service", "order-service"];

/** What is running, so that every way out stops it: the shop first, for its last spans go to Culprit. */
export class DemoParts {
  culprit: CulpritProcess | undefined;
  shop: Shop | undefined;

  async stop(): Promise<void> {
    await this.shop?.stop();
    await this.culprit?.stop();
  }
}

export async function runDemo(
  root: string,
  options: DemoOptions,
  parts: DemoParts,
  signal: AbortSignal,
): Promise<void> {
  const unsupported = whyUnsupported() ?? (await whyPortsAreTaken(fixedPorts(options)));
  if (unsupported !== undefined) throw new DemoFailure(unsupported);
  await startParts(root, options, parts, signal);
  if (parts.shop === undefined || parts.culprit === undefined || signal.aborted) return;

  const queryUrl = `http://${parts.culprit.doors.query}`;
  const results = await sendOrders(parts.shop, options.seed, signal);
  if (signal.aborted) return;
  say("\nWaiting until the traces are complete …");
  const judged = await Promise.all(
    results.map(async ({ order, result }): Promise<Judged> => {
      return { order, result, verdict: await judge(queryUrl, result, signal) };
    }),
  );
  if (signal.aborted) return;
  for (const [k, one] of judged.entries()) say(orderBlock(k + 1, one));
  say(totalsBlock(judged));
  say(whereToLook(new URL(queryUrl).port, judged));
}

async function startParts(
  root: string,
  options: DemoOptions,
  parts: DemoParts,
  signal: AbortSignal,
): Promise<void> {
  say(`Culprit demo, seed ${options.seed}`);
  const startedMs = performance.now();
  const progress = (step: string): void => say(`  starting ${step} …`);
  progress(`Culprit, data in ${options.data}`);
  parts.culprit = await startCulprit(
    root,
    [
      ...["--data", options.data],
      ...doorFlags({
        query: options.queryPort,
        "otlp-http": options.otlpHttpPort,
        "otlp-grpc": options.otlpGrpcPort,
      }),
    ],
    signal,
  );
  if (signal.aborted) return;
  parts.shop = await startShop({
    otlpEndpoint: `http://${parts.culprit.doors["otlp-http"]}`,
    ports: { "frontend-service": options.frontendPort, postgres: options.postgresPort },
    // Every half second instead of every five, for somebody is waiting.
    env: { OTEL_BSP_SCHEDULE_DELAY: process.env.OTEL_BSP_SCHEDULE_DELAY ?? "500" },
    onLine: (line) => say(`  shop: ${line}`),
    onProgress: progress,
    signal,
  });
  say(`  everything is up after ${seconds(performance.now() - startedMs)}\n`);
}

function fixedPorts(options: DemoOptions): { port: number; what: string; flag: string }[] {
  return [
    { port: options.queryPort, what: "Culprit's page", flag: "--query-port" },
    { port: options.otlpHttpPort, what: "spans over HTTP", flag: "--otlp-http-port" },
    { port: options.otlpGrpcPort, what: "spans over gRPC", flag: "--otlp-grpc-port" },
    { port: options.frontendPort, what: "the shop", flag: "--frontend-port" },
    { port: options.postgresPort, what: "the shop's PostgreSQL", flag: "--postgres-port" },
  ];
}

async function sendOrders(
  shop: Shop,
  seed: number,
  signal: AbortSignal,
): Promise<{ order: OrderRequest; result: OrderResult }[]> {
  const results: { order: OrderRequest; result: OrderResult }[] = [];
  for (const [index, order] of demoOrders.entries()) {
    if (signal.aborted) break;
    const key = { seed, index, scenario: defaultScenario };
    const result = await placeOrder(shop.frontendUrl, order, key);
    say(orderLine(index + 1, demoOrders.length, order, result));
    const expected = expectedOutcome(fateOf(key));
    if (result.outcome !== expected) {
      const why = result.message ?? "no reason given";
      throw new DemoFailure(
        `Order ${index + 1} ended as ${result.outcome} (${why}); the seed says ${expected}.`,
      );
    }
    results.push({ order, result });
  }
  return results;
}

async function judge(
  queryUrl: string,
  { traceId, outcome }: OrderResult,
  signal: AbortSignal,
): Promise<VerdictDocument | undefined> {
  if (traceId === undefined) {
    throw new DemoFailure("The shop made no trace: tracing is switched off (OTEL_SDK_DISABLED?).");
  }
  const services = servicesByOutcome[outcome] ?? allServices;
  const { verdict, complete } = await completeVerdict(queryUrl, traceId, services, signal);
  if (complete || signal.aborted) return verdict;
  const seen = verdict === undefined ? "nothing of it" : `${verdict.spanCount} spans of it`;
  throw new DemoFailure(`Trace ${traceId} did not become complete: Culprit has ${seen}.`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
