// The load of `npm run bench:ingest`, a process of its own: `connections` sockets to OTLP/HTTP on loopback, each sends a
// request of 512 spans, waits for the answer, makes its spans new ones and sends again. Plain sockets rather than an
// HTTP client: what the loader burns is taken from the server, for both share the same two cores.
//   node bench/ingest-loader.ts PORT CONNECTIONS SECONDS [SPANS_PER_SECOND]   ->   one line of JSON

import { connect, type Socket } from "node:net";
import { RequestTemplate, SPANS_PER_REQUEST } from "./ingest-spans.ts";

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

class Connection {
  readonly done: Promise<void>;
  readonly #socket: Socket;
  readonly #template = new RequestTemplate();
  readonly #head = Buffer.from(
    `POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\n` +
      `Content-Length: ${this.#template.body.length}\r\n\r\n`,
  );
  #answer = "";
  #sentAt = 0;
  #dueAt = 0;

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.done = promise;
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.setEncoding("latin1");
    this.#socket.on("connect", () => {
      // Spread over the period, so that they do not come all at once.
      this.#dueAt = performance.now() + Math.random() * periodMs - periodMs;
      this.#sendInTurn();
    });
    this.#socket.on("data", (text: string) => this.#receive(text));
    this.#socket.on("error", reject);
    this.#socket.on("close", resolve);
  }

  #send(): void {
    const now = performance.now();
    const movedNanos = this.#sentAt === 0 ? 0 : Math.round((now - this.#sentAt) * 1e6);
    this.#sentAt = now;
    this.#template.renew(++generation, movedNanos);
    this.#socket.cork();
    this.#socket.write(this.#head);
    this.#socket.write(this.#template.body);
    this.#socket.uncork();
  }

  /** One that is behind its turns catches up: the rate is the whole run's. */
  #sendInTurn(): void {
    this.#dueAt += periodMs;
    const waitMs = this.#dueAt - performance.now();
    if (waitMs <= 0) this.#send();
    else setTimeout(() => (stopping ? this.#socket.end() : this.#send()), waitMs);
  }

  /** Answers are small; one is whole when its headers and as many bytes as they promise are there. */
  #receive(text: string): void {
    this.#answer += text;
    const end = this.#answer.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/content-length: *(\d+)/i.exec(this.#answer)?.[1] ?? 0);
    if (this.#answer.length < end + 4 + length) return;
    const status = this.#answer.slice(9, 12);
    this.#answer = "";
    tally.requests++;
    if (status === "200") tally.ackedSpans += SPANS_PER_REQUEST;
    else tally.refused++;
    if (stopping) this.#socket.end();
    // A refused request comes again after a moment, as an exporter's would.
    else if (status === "200") this.#sendInTurn();
    else setTimeout(() => this.#send(), 100);
  }
}

const all = Array.from({ length: connections }, () => new Connection());
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
