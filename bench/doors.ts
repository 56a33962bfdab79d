// npm run bench:doors [-- --seconds 15] [--connections 64]
// Spans a second through each door in one run on one machine: acked over HTTP and gRPC (512 spans a request), committed of
// those that came in packets, which are sent as fast as OTLP's were taken. Each door has a server and a folder of its own;
// OTLP comes first and last, and its mean is what the others are measured by. No verdicts are stored meanwhile. Ends with
// 1 when a bar is missed.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Status } from "@culprit/api";
import { type BenchServer, cpuSeconds, startBenchServer, stop } from "./bench-server.ts";
import { DOOR_FORMATS, type DoorFormat } from "./door-bodies.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "15" },
    connections: { type: "string", default: "64" },
  },
});

/** Of OTLP's spans a second, at least. */
const BARS: Readonly<Record<string, number>> = {
  "Jaeger Thrift HTTP": 0.5,
  "Zipkin protobuf": 0.5,
  "Zipkin JSON": 0.25,
  "Jaeger Thrift UDP": 0.25,
};

interface LoadFigures {
  readonly spansPerSecond: number;
  readonly seconds: number;
  readonly sentSpans: number;
  readonly ackedSpans: number;
  readonly refused: number;
  readonly cpuSeconds: number;
}

const thousands = (value: number): string => Math.round(value).toLocaleString("en-US");

console.log(
  `${cpus().length} x ${cpus()[0]?.model ?? "processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ` +
    `Node ${process.version}, ${values.connections} connections, ${values.seconds} s each`,
);
const [otlp, ...others] = DOOR_FORMATS as [DoorFormat, ...DoorFormat[]];
const first = await measure(otlp);
const rates = new Map<string, number>();
for (const format of others) rates.set(format.name, await measure(format, first));
const reference = (first + (await measure(otlp))) / 2;

console.log(`OTLP protobuf, mean: ${thousands(reference)} spans/s`);
let missed = 0;
for (const [name, rate] of rates) {
  const bar = BARS[name];
  const ratio = rate / reference;
  const isMissed = bar !== undefined && ratio < bar;
  if (isMissed) missed++;
  const wanted = bar === undefined ? "" : `, at least ${bar}${isMissed ? ": MISSED" : ""}`;
  console.log(`${name.padEnd(20)} ${ratio.toFixed(2)} of OTLP${wanted}`);
}
process.exitCode = missed === 0 ? 0 : 1;

/** Prints and returns spans a second. @param offered to a door for packets */
async function measure(format: DoorFormat, offered = 0): Promise<number> {
  const data = await mkdtemp(join(tmpdir(), "culprit-bench-"));
  const server = await startBenchServer(data, "off", format.door);
  try {
    const port = server.port(format.door);
    if (port === "") {
      console.log(`${format.name.padEnd(20)} the door ${format.door} is not open`);
      return 0;
    }
    const before = cpuSeconds(server.process);
    const load = await runLoader(format, port, offered);
    const cpu = cpuSeconds(server.process) - before;
    const isPackets = format.transport === "packets";
    const taken = isPackets ? await committedSpans(server) : load.ackedSpans;
    const rate = isPackets ? taken / load.seconds : load.spansPerSecond;
    const lost = isPackets
      ? `${thousands(load.sentSpans)} spans sent, ${((1 - taken / load.sentSpans) * 100).toFixed(0)} % lost`
      : `${load.refused} requests refused`;
    console.log(
      `${format.name.padEnd(20)} ${thousands(rate).padStart(9)} spans/s ${isPackets ? "committed" : "acked"}; ` +
        `server ${((cpu * 1e6) / taken).toFixed(2)} us of processor a span, loader ${((load.cpuSeconds * 1e6) / taken).toFixed(2)}; ${lost}`,
    );
    return rate;
  } finally {
    await stop(server.process);
    await rm(data, { recursive: true, force: true });
  }
}

async function runLoader(format: DoorFormat, port: string, offered: number): Promise<LoadFigures> {
  const { connections, seconds } = values;
  const loader = join(import.meta.dirname, "door-loader.ts");
  const rate = format.transport === "packets" ? [String(offered)] : [];
  const args = [loader, format.name, port, connections, seconds, ...rate];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const chunk of child.stdout) text += chunk;
  return JSON.parse(text) as LoadFigures;
}

/** When nothing of what was taken in waits for the disk any more. */
async function committedSpans({ query }: BenchServer): Promise<number> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${query}/api/culprit/status`);
    const { writer } = (await answer.json()) as Status;
    if (writer.pendingSpans === 0) return writer.committedSpans;
    await sleep(50);
  }
}
