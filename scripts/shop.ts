/** `npm run shop`: the shop under a steady stream of orders, its spans sent to whoever listens. */
import { closeSync, openSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  beginScenario,
  type DrawKey,
  defaultScenario,
  emptyLoadState,
  type LoadState,
  type OrderResult,
  runScenario,
  type Scenario,
  scenarioOf,
  scenarios,
  startShop,
  truthLine,
  whyUnsupported,
} from "@culprit/shop";
import { BadValue, joinNegativeValues, readPort, readSeed } from "./option-value.ts";
import { stopRequested } from "./stop-requested.ts";

const usage = `npm run shop -- [options]

Starts the shop (PostgreSQL, gateway, mail, four services) and keeps ordering.
Spans go to OTEL_EXPORTER_OTLP_ENDPOINT, by default http://localhost:4318.

  --rate N              orders a second, sent at their time whatever the answers; default 5
  --duration T          such as 500ms, 60s or 5m; default until Ctrl-C
  --seed N              the dice; default 1
  --scenario NAME       what goes wrong; default ${defaultScenario}
  --truth FILE          writes what is wrong with each order, a JSON document a line
  --frontend-port N     the shop's front door; default a free port

Scenarios:
${[...scenarios.values()].map(({ name, about }) => `  ${name.padEnd(24)}${about}`).join("\n")}
`;

interface Options {
  readonly rate: number;
  readonly durationMs: number | undefined;
  readonly seed: number;
  readonly scenario: Scenario;
  readonly truth: string | undefined;
  readonly frontendPort: number;
}

function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: joinNegativeValues(args),
    options: {
      help: { type: "boolean", short: "h" },
      rate: { type: "string", default: "5" },
      duration: { type: "string" },
      seed: { type: "string", default: "1" },
      scenario: { type: "string", default: defaultScenario },
      truth: { type: "string" },
      "frontend-port": { type: "string", default: "0" },
    },
  });
  if (values.help === true) return "help";
  const rate = Number(values.rate);
  if (!(rate > 0 && rate <= 10_000)) {
    throw new BadValue(`--rate ${values.rate}: a number above 0, at most 10000, is needed`);
  }
  if (!scenarios.has(values.scenario)) {
    const known = [...scenarios.keys()].join(", ");
    throw new BadValue(`--scenario ${values.scenario} is not one of ${known}`);
  }
  return {
    rate,
    durationMs: values.duration === undefined ? undefined : toMs(values.duration),
    seed: readSeed(values.seed),
    scenario: scenarioOf(values.scenario),
    truth:
      values.truth === undefined
        ? undefined
        : resolve(process.env.INIT_CWD ?? process.cwd(), values.truth),
    frontendPort: readPort("frontend-port", values["frontend-port"]),
  };
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function toMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const unit = unitMs[match?.[2] ?? ""];
  if (unit !== undefined) return Number(match?.[1]) * unit;
  throw new BadValue(`--duration ${text}: a number with ms, s, m or h is needed, such as 60s`);
}

/** Rewritten in place on a terminal; elsewhere a line every five seconds. */
function showProgress(state: LoadState, startedMs: number): () => void {
  const live = process.stdout.isTTY;
  const show = (): void => {
    const line = describe(state, performance.now() - startedMs);
    process.stdout.write(live ? `\r\x1b[K${line}` : `${line}\n`);
  };
  const timer = setInterval(show, live ? 500 : 5000);
  return () => {
    clearInterval(timer);
    show();
    if (live) process.stdout.write("\n");
  };
}

function describe(state: LoadState, elapsedMs: number): string {
  const answered = state.sent - state.inFlight;
  const outcomes = [...state.outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(", ");
  const meanMs = answered === 0 ? 0 : state.totalMs / answered;
  const parts = [
    `${(elapsedMs / 1000).toFixed(0)} s`,
    `${state.sent} orders, ${state.inFlight} on their way`,
    `mean ${(meanMs / 1000).toFixed(2)} s`,
  ];
  return [...parts, ...(outcomes === "" ? [] : [outcomes])].join(" | ");
}

interface TruthFile {
  readonly write: (key: DrawKey, result: OrderResult) => void;
  readonly close: () => void;
}

function openTruthFile(path: string | undefined): TruthFile {
  if (path === undefined) return { write: () => {}, close: () => {} };
  const file = openSync(path, "w");
  return {
    write: (key, result) => writeSync(file, `${JSON.stringify(truthLine(key, result))}\n`),
    close: () => closeSync(file),
  };
}

/** Of a scenario that begins after healthy ones. */
const healthyOrders = 5;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(usage);
    return 0;
  }
  const unsupported = whyUnsupported();
  if (unsupported !== undefined) throw new Error(unsupported);
  const truth = openTruthFile(options.truth);
  const abort = new AbortController();
  void stopRequested().then(() => abort.abort());
  const shop = await startShop({
    setup: options.scenario.setup ?? {},
    ports: { "frontend-service": options.frontendPort },
    onLine: (line) => process.stdout.write(`${line}\n`),
    onProgress: (step) => process.stdout.write(`starting ${step} …\n`),
    signal: abort.signal,
  }).catch((error: unknown) => {
    if (abort.signal.aborted) return undefined;
    throw error;
  });
  if (shop === undefined) return 0;
  try {
    process.stdout.write(`the shop is open at ${shop.frontendUrl}, seed ${options.seed}\n`);
    const { signal } = abort;
    let brokenPart: string | undefined;
    void shop.broken.then((part) => {
      brokenPart = part;
      abort.abort();
    });
    const load = {
      shop,
      scenario: options.scenario.name,
      ordersPerSecond: options.rate,
      signal,
      onResult: truth.write,
    };
    await beginScenario({ ...load, count: healthyOrders });
    const state = emptyLoadState();
    const finish = showProgress(state, performance.now());
    const { durationMs, seed } = options;
    const count =
      durationMs === undefined ? undefined : Math.round((durationMs / 1000) * options.rate);
    await runScenario({ ...load, seed, count }, state);
    finish();
    if (brokenPart !== undefined) throw new Error(`${brokenPart} ended`);
    return 0;
  } finally {
    await shop.stop();
    truth.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  // parseArgs complains in TypeErrors.
  if (error instanceof TypeError) process.stderr.write(`\n${usage}`);
  process.exitCode = error instanceof BadValue || error instanceof TypeError ? 2 : 1;
}
