// The load of `npm run bench:ingest`, a process of its own: `connections` sockets to OTLP/HTTP on loopback, each sends a
// request of 512 spans, waits for the answer, makes its spans new ones and sends again.
//   node bench/ingest-loader.ts PORT CONNECTIONS SECONDS [SPANS_PER_SECOND]   ->   one line of JSON

import { RequestTemplate, SPANS_PER_REQUEST } from "./ingest-spans.ts";
import { RequestConnection } from "./request-connection.ts";

const [port, connections, seconds, spansPerSecond] = process.argv.slice(2).map(Number) as [
  number,
  number,
  number,
  number?,
];
/** From one request of a connection to its next, at least. */
const periodMs =
  spansPerSecond === undefined ? 0 : (connections * SPANS_PER_REQUEST * 1000) / spansPerSecond;

const tally = { ackedSpans: 0, requests: 0, refused: 0 };
let generation = 0;
let stopping = false;

const all = Array.from({ length: connections }, () => {
  const template = new RequestTemplate();
  return new RequestConnection({
    port,
    path: "/v1/traces",
    contentType: "application/x-protobuf",
    body: template.body,
    periodMs,
    renew: (movedNanos) => template.renew(++generation, movedNanos),
    isStopping: () => stopping,
    onAnswer(status) {
      tally.requests++;
      if (status === 200) tally.ackedSpans += SPANS_PER_REQUEST;
      else tally.refused++;
    },
  });
});
const started = performance.now();
// What is counted ends with the clock, not with the last straggler.
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const elapsed = (performance.now() - started) / 1000;
const counted = { ...tally };
stopping = true;
await Promise.all(all.map(({ done }) => done));
const cpu = process.cpuUsage();
console.log(
  JSON.stringify({
    spansPerSecond: Math.round(counted.ackedSpans / elapsed),
    ackedSpans: tally.ackedSpans,
    requests: tally.requests,
    refused: tally.refused,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  }),
);
