// One scenario: healthy orders to compare with, then seed after seed. The verdicts are asked for when all of a lane's
// orders have been sent and its Culprit has judged them: asking takes no processor from a shop, and no verdict changes any more.

import type { TimeWindow } from "@culprit/api";
import {
  beginScenario,
  emptyLoadState,
  expectedOutcome,
  fateOf,
  healthyScenario,
  runScenario,
  type Scenario,
  type ScenarioLoad,
  type Shop,
  type TruthLine,
  truthLine,
} from "@culprit/shop";
import type { CulpritClient } from "./culprit-client.ts";
import type { ExplainedRun, JudgedOrder, ScenarioRun } from "./judged-order.ts";
import type { Lane } from "./lane.ts";

/** A seed of its own, so that no order is like one of the scenario's. */
const baselineSeed = 1_000_002;
/** Before a scenario that begins by a restart: what is told by what was before it. */
const healthyOrdersBefore = 1;
/** Of the healthy ones at once, so that others get their turn. */
const healthyOrdersASeed = 50;

interface Incident {
  readonly seed: number;
  readonly baseline: TimeWindow;
  readonly window: TimeWindow;
}

export interface SentScenario {
  readonly scenario: Scenario;
  readonly truths: readonly TruthLine[];
  readonly surprises: readonly string[];
  /** What is to be explained. */
  readonly incidents: readonly Incident[];
  readonly seconds: number;
}

export async function sendScenario(scenario: Scenario, lane: Lane): Promise<SentScenario> {
  const startedMs = performance.now();
  const sent = await lane.withShop(scenario, (shop) => sendAll(scenario, shop, lane));
  return { scenario, ...sent, seconds: (performance.now() - startedMs) / 1000 };
}

export async function judgeScenario(
  { scenario, truths, surprises, incidents }: SentScenario,
  culprit: CulpritClient,
): Promise<ScenarioRun> {
  const orders: JudgedOrder[] = [];
  for (const truth of truths) orders.push(await judge(truth, culprit));
  const explained: ExplainedRun[] = [];
  for (const { seed, baseline, window } of incidents) {
    if (scenario.culprit === undefined) break;
    explained.push({
      scenario: scenario.name,
      seed,
      culprit: scenario.culprit,
      ...(await explain(baseline, window, culprit)),
    });
  }
  return { scenario: scenario.name, orders, explained, surprises };
}

async function sendAll(
  scenario: Scenario,
  shop: Shop,
  lane: Lane,
): Promise<Omit<SentScenario, "scenario" | "seconds">> {
  const { options, signal, turns } = lane.parts;
  const truths: TruthLine[] = [];
  const surprises: string[] = [];
  const common = { shop, ordersPerSecond: lane.rateOf(scenario), signal };
  const send = (name: string, seed: number, count: number): Promise<TimeWindow> =>
    turns.run("send", async () => {
      const fromMs = Date.now();
      const before = truths.length;
      const onResult: ScenarioLoad["onResult"] = (key, result) => {
        const expected = expectedOutcome(fateOf(key));
        if (result.outcome !== expected) {
          surprises.push(
            `${name} seed ${seed} order ${key.index}: ${result.outcome} instead of ${expected} (${result.message ?? ""}), trace ${result.traceId}`,
          );
        }
        truths.push(truthLine(key, result));
      };
      await runScenario({ ...common, scenario: name, seed, count, onResult }, emptyLoadState());
      const answered = truths.length - before;
      lane.orderCount += answered;
      if (answered !== count) {
        surprises.push(`${name} seed ${seed}: ${count - answered} orders without an answer`);
      }
      return { from: new Date(fromMs).toISOString(), to: new Date().toISOString() };
    });
  if (scenario.name === healthyScenario) {
    const seeds = Math.ceil(options.healthyOrders / healthyOrdersASeed);
    for (let seed = 1, left = options.healthyOrders; seed <= seeds && !signal.aborted; seed++) {
      await send(healthyScenario, seed, Math.min(left, healthyOrdersASeed));
      left -= healthyOrdersASeed;
    }
    return { truths, surprises, incidents: [] };
  }
  // Only where something is to be explained: elsewhere the fault may be in the processes from the start.
  const baseline =
    scenario.culprit === undefined
      ? undefined
      : await send(healthyScenario, baselineSeed, options.baselineOrders);
  await turns.run("start", () =>
    beginScenario({ ...common, scenario: scenario.name, count: healthyOrdersBefore }),
  );
  const incidents: Incident[] = [];
  for (let seed = 1; seed <= options.seeds && !signal.aborted; seed++) {
    const window = await send(scenario.name, seed, options.orders);
    if (baseline !== undefined) incidents.push({ seed, baseline, window });
  }
  return { truths, surprises, incidents };
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
