// One scenario in a shop of its own: warm-up, healthy orders to compare with, then seed after seed. The verdicts are
// asked for when the shop has stopped: a service ends when its last span has been acked, so nothing is waited for.

import type { TimeWindow } from "@culprit/api";
import {
  beginScenario,
  emptyLoadState,
  expectedOutcome,
  fateOf,
  healthyScenario,
  runScenario,
  type Scenario,
  type Shop,
  startShop,
  type TruthLine,
  truthLine,
} from "@culprit/shop";
import type { CulpritClient } from "./culprit-client.ts";
import type { ExplainedRun, JudgedOrder, ScenarioRun } from "./judged-order.ts";
import type { BenchOptions } from "./options.ts";

const warmUpOrders = 20;

export interface Lane {
  readonly culprit: CulpritClient;
  readonly otlpEndpoint: string;
  readonly options: BenchOptions;
  /** Orders whose traces its Culprit has got. */
  orderCount: number;
  readonly signal: AbortSignal;
}

interface Sent {
  readonly truths: TruthLine[];
  readonly surprises: string[];
  readonly baseline: TimeWindow;
  readonly incidents: readonly { readonly seed: number; readonly window: TimeWindow }[];
}

export async function benchScenario(scenario: Scenario, lane: Lane): Promise<ScenarioRun> {
  const startedMs = performance.now();
  const shop = await startShop({
    otlpEndpoint: lane.otlpEndpoint,
    setup: scenario.setup ?? {},
    env: { OTEL_BSP_SCHEDULE_DELAY: "500" },
    signal: lane.signal,
  });
  let sent: Sent;
  try {
    sent = await sendAll(scenario, shop, lane);
  } finally {
    await shop.stop();
  }
  await lane.culprit.caughtUp(lane.orderCount);
  const orders: JudgedOrder[] = [];
  for (const truth of sent.truths) orders.push(await judge(truth, lane.culprit));
  const explained: ExplainedRun[] = [];
  for (const { seed, window } of sent.incidents) {
    if (scenario.culprit === undefined) break;
    explained.push({
      scenario: scenario.name,
      seed,
      culprit: scenario.culprit,
      ...(await explain(sent.baseline, window, lane.culprit)),
    });
  }
  const seconds = (performance.now() - startedMs) / 1000;
  return { scenario: scenario.name, orders, explained, surprises: sent.surprises, seconds };
}

async function sendAll(scenario: Scenario, shop: Shop, lane: Lane): Promise<Sent> {
  const { options, signal } = lane;
  const truths: TruthLine[] = [];
  const surprises: string[] = [];
  // What the shop of this scenario can take holds for its healthy orders, too.
  const rate = Math.min(options.ordersPerSecond, scenario.maxOrdersPerSecond ?? Infinity);
  const common = { shop, ordersPerSecond: rate, signal };
  const send = async (name: string, seed: number, count: number): Promise<TruthLine[]> => {
    const lines: TruthLine[] = [];
    const onResult: Parameters<typeof runScenario>[0]["onResult"] = (key, result) => {
      const expected = expectedOutcome(fateOf(key));
      if (result.outcome !== expected) {
        surprises.push(
          `${name} seed ${seed} order ${key.index}: ${result.outcome} instead of ${expected} (${result.message ?? ""}), trace ${result.traceId}`,
        );
      }
      lines.push(truthLine(key, result));
    };
    const load = { ...common, scenario: name, seed, count, onResult };
    await runScenario(load, emptyLoadState());
    lane.orderCount += lines.length;
    if (lines.length !== count)
      surprises.push(`${name} seed ${seed}: ${count - lines.length} orders without an answer`);
    return lines;
  };
  // Seeds of their own, so that no order is like one of the scenario's.
  await send(healthyScenario, 1_000_001, warmUpOrders);
  const incidents: { seed: number; window: TimeWindow }[] = [];
  if (scenario.name === healthyScenario) {
    truths.push(...(await send(healthyScenario, 1, options.healthyOrders)));
    return { truths, surprises, baseline: windowFrom(Date.now()), incidents };
  }
  const baselineFromMs = Date.now();
  // Only where something is to be explained: elsewhere the fault may be in the processes from the start.
  if (scenario.culprit !== undefined) {
    truths.push(...(await send(healthyScenario, 1_000_002, options.baselineOrders)));
  }
  const baseline = windowFrom(baselineFromMs);
  await beginScenario({ ...common, scenario: scenario.name, count: 1 });
  for (let seed = 1; seed <= options.seeds && !signal.aborted; seed++) {
    const fromMs = Date.now();
    truths.push(...(await send(scenario.name, seed, options.orders)));
    incidents.push({ seed, window: windowFrom(fromMs) });
  }
  return { truths, surprises, baseline, incidents };
}

function windowFrom(fromMs: number): TimeWindow {
  return { from: new Date(fromMs).toISOString(), to: new Date().toISOString() };
}

async function judge(truth: TruthLine, culprit: CulpritClient): Promise<JudgedOrder> {
  const { findings, errors, summary } = await culprit.verdict(truth.traceId);
  return { truth, findings, errors, summary };
}

async function explain(
  baseline: TimeWindow,
  incident: TimeWindow,
  culprit: CulpritClient,
): Promise<Pick<ExplainedRun, "explanation" | "reason">> {
  try {
    return { explanation: await culprit.explain([baseline], incident) };
  } catch (error) {
    return {
      explanation: undefined,
      reason: error instanceof Error ? error.message : String(error),
    };
  }
}
