// The load of `npm run bench:doors`, a process of its own: through one door, as many spans as are taken, or so many
// packets a second.
//   node bench/door-loader.ts FORMAT PORT CONNECTIONS SECONDS [SPANS_PER_SECOND]   ->   one line of JSON

import { createSocket } from "node:dgram";
import { Client, credentials } from "@grpc/grpc-js";
import { DOOR_FORMATS, DoorBody, type DoorFormat } from "./door-bodies.ts";
import { RequestConnection } from "./request-connection.ts";

const [name = "", ...numbers] = process.argv.slice(2);
const [port = 0, connections = 0, seconds = 0, spansPerSecond = 0] = numbers.map(Number);
const format = DOOR_FORMATS.find((each) => each.name === name) as DoorFormat;
const { transport } = format;

const tally = { sentSpans: 0, ackedSpans: 0, refused: 0 };
let generation = 0;
let stopping = false;

function answered(spanCount: number, isTaken: boolean): void {
  if (isTaken) tally.ackedSpans += spanCount;
  else tally.refused++;
}

/** Each resolves when it has stopped. */
function start(): Promise<void>[] {
  if (transport === "packets") return [sendPackets()];
  const bodies = Array.from({ length: connections }, () => new DoorBody(format));
  if ("grpc" in transport) return bodies.map((body) => callAgain(transport.grpc, body));
  return bodies.map((body) => {
    const { done } = new RequestConnection({
      port,
      ...transport.http,
      body: body.bytes,
      periodMs: 0,
      renew() {
        body.renew(++generation);
        tally.sentSpans += body.spanCount;
      },
      isStopping: () => stopping,
      onAnswer: (status) => answered(body.spanCount, status < 300),
    });
    return done;
  });
}

async function callAgain(method: string, body: DoorBody): Promise<void> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    // A connection of its own, as every process has one.
    "grpc.use_local_subchannel_pool": 1,
  });
  const same = (bytes: Buffer): Buffer => bytes;
  while (!stopping) {
    body.renew(++generation);
    tally.sentSpans += body.spanCount;
    const isTaken = await new Promise<boolean>((resolve) => {
      client.makeUnaryRequest(method, same, same, body.bytes, (error) => resolve(error === null));
    });
    answered(body.spanCount, isTaken);
    if (!isTaken) await sleep(100);
  }
  client.close();
}

/** Bodies that are sent in turn, as of so many processes. */
const PACKETS = 16;
const TICK_MS = 2;

/** Nobody answers packets: they come at their rate, taken or not. */
async function sendPackets(): Promise<void> {
  const socket = createSocket("udp4");
  const bodies = Array.from({ length: PACKETS }, () => new DoorBody(format));
  const started = performance.now();
  for (let next = 0; !stopping; await sleep(TICK_MS)) {
    const due = ((performance.now() - started) / 1000) * spansPerSecond;
    while (tally.sentSpans < due) {
      const body = bodies[next++ % PACKETS] as DoorBody;
      body.renew(++generation);
      tally.sentSpans += body.spanCount;
      await new Promise<void>((resolve, reject) =>
        socket.send(body.bytes, port, "127.0.0.1", (error) =>
          error === null ? resolve() : reject(error),
        ),
      );
    }
  }
  socket.close();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const all = start();
const started = performance.now();
// What is counted ends with the clock, not with the last straggler.
await sleep(seconds * 1000);
const elapsed = (performance.now() - started) / 1000;
const counted = { ...tally };
stopping = true;
await Promise.all(all);
const cpu = process.cpuUsage();
console.log(
  JSON.stringify({
    spansPerSecond: Math.round(counted.ackedSpans / elapsed),
    seconds: elapsed,
    sentSpans: tally.sentSpans,
    ackedSpans: tally.ackedSpans,
    refused: tally.refused,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  }),
);
