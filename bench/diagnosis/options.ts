import { parseArgs } from "node:util";
import { scenarios } from "@culprit/shop";

export interface BenchOptions {
  readonly seeds: number;
  /** A seed and scenario. */
  readonly orders: number;
  /** Before the seeds of a scenario, for explain to compare with. */
  readonly baselineOrders: number;
  /** Of the healthy run whose every finding is a false one. */
  readonly healthyOrders: number;
  readonly scenarios: readonly string[];
  /** Shops at the same time, each with a Culprit of its own. */
  readonly lanes: number;
  readonly ordersPerSecond: number;
}

export const usage: string = `npm run bench:diagnosis -- [options]

Runs the shop's scenarios against culprit serve and compares its verdicts with what is true.

  --seeds N           of each scenario; default 10
  --orders N          a seed; default 24, and fewer than 20 are too few for explain
  --healthy-orders N  without a fault; default 1000
  --scenario NAME     only this one, again for another
  --lanes N           shops at the same time; default 3
  --rate N            orders a second in each; default 8
  --quick             1 seed of 20 orders, 60 healthy ones: tries the bench rather than Culprit
`;

export function readOptions(args: readonly string[]): BenchOptions | "help" {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", short: "h" },
      quick: { type: "boolean" },
      seeds: text,
      orders: text,
      "healthy-orders": text,
      scenario: { type: "string", multiple: true },
      lanes: text,
      rate: text,
    },
  });
  if (values.help === true) return "help";
  const quick = values.quick === true;
  const named = values.scenario ?? [...scenarios.keys()];
  for (const name of named) {
    if (!scenarios.has(name)) throw new TypeError(`--scenario ${name} is not one of the shop's`);
  }
  return {
    seeds: wholeNumber("seeds", values.seeds, quick ? 1 : 10),
    orders: wholeNumber("orders", values.orders, quick ? 20 : 24),
    healthyOrders: wholeNumber("healthy-orders", values["healthy-orders"], quick ? 60 : 1000),
    baselineOrders: quick ? 20 : 40,
    scenarios: named,
    lanes: wholeNumber("lanes", values.lanes, quick ? 4 : 3),
    ordersPerSecond: wholeNumber("rate", values.rate, 8),
  };
}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new TypeError(`--${name} ${text}: a whole number from 1 is needed`);
}
