import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { joinNegativeValues, readPort, readSeed } from "../option-value.ts";

/** Shows a success, a declined payment and a save that PostgreSQL cancels. */
export const defaultSeed: number = 642;

export interface DemoOptions {
  readonly exit: boolean;
  readonly seed: number;
  readonly data: string;
  readonly queryPort: number;
  readonly otlpHttpPort: number;
  readonly otlpGrpcPort: number;
  readonly frontendPort: number;
  readonly postgresPort: number;
}

export const usage: string = `npm run demo -- [options]

Starts PostgreSQL, Culprit and the shop, sends three orders and shows Culprit's verdict on each.

  --exit                end after the three orders (default: stay until Ctrl-C)
  --seed N              the dice; default ${defaultSeed}: a success, a declined payment, a save cut off by the database
  --data DIR            Culprit's store; default ./data
  --query-port N        Culprit's page and API; default 16686
  --otlp-http-port N    where spans arrive over HTTP; default 4318
  --otlp-grpc-port N    where spans arrive over gRPC; default 4317
  --frontend-port N     the shop's front door; default a free port
  --postgres-port N     the shop's database; default a free port
`;

export class UsageError extends Error {}

/** "help" when that is what was asked for. */
export function readOptions(args: readonly string[], root: string): DemoOptions | "help" {
  const { values } = parse(args);
  if (values.help === true) return "help";
  return {
    exit: values.exit === true,
    seed: values.seed === undefined ? defaultSeed : readSeed(values.seed),
    data: resolve(process.env.INIT_CWD ?? root, values.data ?? resolve(root, "data")),
    queryPort: portOf(values, "query-port", 16686),
    otlpHttpPort: portOf(values, "otlp-http-port", 4318),
    otlpGrpcPort: portOf(values, "otlp-grpc-port", 4317),
    frontendPort: portOf(values, "frontend-port", 0),
    postgresPort: portOf(values, "postgres-port", 0),
  };
}

type Values = Partial<Record<string, string>> & { exit?: boolean; help?: boolean };

function parse(args: readonly string[]): { values: Values } {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    const { values } = parseArgs({
      args: joinNegativeValues(args),
      options: {
        help: { ...flag, short: "h" },
        exit: flag,
        seed: text,
        data: text,
        "query-port": text,
        "otlp-http-port": text,
        "otlp-grpc-port": text,
        "frontend-port": text,
        "postgres-port": text,
      },
    });
    return { values: values as Values };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function portOf(values: Values, name: string, byDefault: number): number {
  const text = values[name];
  return typeof text === "string" ? readPort(name, text) : byDefault;
}
