import { existsSync } from "node:fs";
import path from "node:path";
import { DOORS, type DoorName, type DoorPort, doorFlag, startServer } from "@culprit/server";
import { openEmbeddedStore, type StoreOptions } from "@culprit/store";
import { type Command, InvalidArgumentError, Option } from "commander";
import { UsageError } from "./cli-error.ts";
import { corsOrigins } from "./cors-option.ts";
import { parseRetention, parseVerdictAfter } from "./duration-option.ts";
import { userPath } from "./user-path.ts";

interface ServeOptions {
  readonly data: string;
  readonly clickhouse?: string;
  readonly host: string;
  readonly retention: string;
  readonly verdictAfter: string;
  readonly ui?: string;
  readonly samplingStrategies?: string;
  readonly corsOrigin?: readonly string[];
  readonly [port: `${string}Port`]: DoorPort;
}

const EXAMPLES = `
Examples:
  $ culprit serve
  $ culprit serve --data /var/lib/culprit --retention 7d
  $ culprit serve --query-port 8080 --otlp-grpc-port off
  $ CULPRIT_HOST=0.0.0.0 culprit serve

Then point an application at it and open http://localhost:16686:
  $ OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 node --import @culprit/tracing/register app.js

A port of 0 takes a free one, off closes that door. When all doors are open, one line says where:
  ready query=127.0.0.1:16686 otlp-http=127.0.0.1:4318 otlp-grpc=127.0.0.1:4317 …
SIGTERM and Ctrl-C flush what has come and end with 0.`;

export function addServeCommand(program: Command): void {
  const command = program
    .command("serve")
    .description("receive, keep and show traces")
    .addOption(
      new Option("--data <dir>", "folder of the database, made when it is not there")
        .env("CULPRIT_DATA")
        .default("./data"),
    )
    .addOption(
      new Option(
        "--clickhouse <url>",
        "a ClickHouse server instead of the folder (not built yet)",
      ).env("CULPRIT_CLICKHOUSE"),
    )
    .addOption(
      new Option("--host <address>", "address to listen on")
        .env("CULPRIT_HOST")
        .default("127.0.0.1"),
    )
    .addOption(
      new Option("--retention <duration|off>", "forget what arrived longer ago, such as 36h or 7d")
        .env("CULPRIT_RETENTION")
        .default("off"),
    )
    .addOption(
      new Option(
        "--verdict-after <duration|off>",
        "store a trace's verdict once no span of it has come for this long",
      )
        .env("CULPRIT_VERDICT_AFTER")
        .default("10s"),
    )
    .addOption(new Option("--ui <dir>", "folder of the built web UI").env("CULPRIT_UI"))
    .addOption(
      new Option(
        "--sampling-strategies <file>",
        "what clients are to sample, in Jaeger's format; read again when it changes (default: everything)",
      ).env("CULPRIT_SAMPLING_STRATEGIES"),
    )
    .addOption(
      new Option(
        "--cors-origin <origin>",
        "a web page's origin that may send spans, such as https://shop.example, or * for any; may be repeated",
      )
        .env("CULPRIT_CORS_ORIGIN")
        .argParser(corsOrigins),
    );
  for (const door of DOORS) {
    command.addOption(
      new Option(`${doorFlag(door.name)} <port>`, door.purpose)
        .env(portVariable(door.name))
        .default(door.port)
        .argParser(parsePort),
    );
  }
  command.addHelpText("after", EXAMPLES).action((options: ServeOptions) => serve(options));
}

function portVariable(name: DoorName): string {
  return `CULPRIT_${name.replaceAll("-", "_").toUpperCase()}_PORT`;
}

function parsePort(text: string): DoorPort {
  if (text === "off") return "off";
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new InvalidArgumentError("a port is a number from 0 to 65535, or off.");
}

async function serve(options: ServeOptions): Promise<void> {
  if (options.clickhouse !== undefined) {
    throw new UsageError("--clickhouse is not built yet; --data DIR keeps the traces in a folder");
  }
  const retentionMs = parseRetention(options.retention);
  const quietMs = parseVerdictAfter(options.verdictAfter);
  const dataDir = userPath(options.data);
  const { samplingStrategies, corsOrigin } = options;
  // From the first moment, so that a signal during the start ends the process as cleanly as later ones.
  const stopped = stopSignal();
  const uiDir = options.ui === undefined ? builtUi() : userPath(options.ui);
  const server = await startServer({
    host: options.host,
    storesVerdicts: quietMs !== undefined,
    ports: portsOf(options),
    ...(uiDir === undefined ? undefined : { uiDir }),
    ...(samplingStrategies === undefined
      ? undefined
      : { samplingStrategiesFile: userPath(samplingStrategies) }),
    ...(corsOrigin === undefined ? undefined : { corsOrigins: corsOrigin }),
    openStore: (hooks) => {
      const storeOptions: StoreOptions = {
        ...hooks,
        onRetentionError: (error) => console.error("retention: deleting failed:", error),
        ...(quietMs === undefined ? undefined : { quietMs }),
        ...(retentionMs === undefined ? undefined : { retentionMs }),
      };
      return openEmbeddedStore(dataDir, storeOptions);
    },
  });
  const doors = Array.from(server.addresses, ([name, address]) => `${name}=${address}`);
  console.log(`ready ${doors.join(" ")}`);
  await stopped;
  await server.close();
}

function portsOf(options: ServeOptions): Partial<Record<DoorName, DoorPort>> {
  const ports: Partial<Record<DoorName, DoorPort>> = {};
  for (const { name } of DOORS) {
    const key: `${string}Port` = `${camelCase(name)}Port`;
    const port = options[key];
    if (port !== undefined) ports[name] = port;
  }
  return ports;
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
}

/** Beside the bundle of an installed package, or where Vite leaves it in a clone. */
function builtUi(): string | undefined {
  const here = import.meta.dirname;
  const candidates = [path.join(here, "web"), path.join(here, "../../web/dist")];
  return candidates.find((dir) => existsSync(path.join(dir, "index.html")));
}
