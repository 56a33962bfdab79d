/** `npm run shop`: the shop under a steady stream of orders, its spans sent to whoever listens. */
import { parseArgs } from "node:util";
import {
  defaultScenario,
  emptyLoadState,
  type LoadState,
  runOpenLoop,
  scenarios,
  startShop,
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
  --scenario NAME       ${[...scenarios.keys()].join(", ")}; default ${defaultScenario}
  --frontend-port N     the shop's front door; default a free port
`;

interface Options {
  readonly rate: number;
  readonly durationMs: number | undefined;
  readonly seed: number;
  readonly scenario: string;
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
      "frontend-port": { type: "string", default: "0" },
    },
  });
  if (values.help === true) return "help";
  const rate = Number(values.rate);
  if (!(rate > 0 && rate <= 10_000)) {
    throw new BadValue(`--rate ${values.rate}: a number above 0, at most 10000, is needed`);
  }
  if (!scenarios.has(values.scenario)) {
    throw new BadValue(`--scenario ${values.scenario} is not one of ${[...scenarios.keys()]}`);
  }
  return {
    rate,
    durationMs: values.duration === undefined ? undefined : toMs(values.duration),
    seed: readSeed(values.seed),
    scenario: values.scenario,
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

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(usage);
    return 0;
  }
  const unsupported = whyUnsupported();
  if (unsupported !== undefined) throw new Error(unsupported);
  const abort = new AbortController();
  void stopRequested().then(() => abort.abort());
  const shop = await startShop({
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
    const state = emptyLoadState();
    const finish = showProgress(state, performance.now());
    await runOpenLoop(
      {
        frontendUrl: shop.frontendUrl,
        seed: options.seed,
        scenario: options.scenario,
        ordersPerSecond: options.rate,
        durationMs: options.durationMs,
        signal,
      },
      state,
    );
    finish();
    if (brokenPart !== undefined) throw new Error(`${brokenPart} ended`);
    return 0;
  } finally {
    await shop.stop();
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
