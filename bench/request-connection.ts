// A connection that sends a request, waits for the answer and sends the next one. Plain sockets rather than an HTTP
// client: what a loader burns is taken from the server, for both share the same cores.

import { connect, type Socket } from "node:net";

export interface RequestLoad {
  readonly port: number;
  readonly path: string;
  readonly contentType: string;
  /** The connection's own: it is made a new one in place. */
  readonly body: Buffer;
  /** From one request to the next, at least. */
  readonly periodMs: number;
  /** Makes the body a new one. @param movedNanos since the last request */
  readonly renew: (movedNanos: number) => void;
  readonly isStopping: () => boolean;
  readonly onAnswer: (status: number) => void;
}

export class RequestConnection {
  readonly done: Promise<void>;
  readonly #load: RequestLoad;
  readonly #socket: Socket;
  readonly #head: Buffer;
  #answer = "";
  #sentAt = 0;
  #dueAt = 0;

  constructor(load: RequestLoad) {
    const { port, path, contentType, body, periodMs } = load;
    this.#load = load;
    this.#head = Buffer.from(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${contentType}\r\n` +
        `Content-Length: ${body.length}\r\n\r\n`,
    );
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
    this.#load.renew(this.#sentAt === 0 ? 0 : Math.round((now - this.#sentAt) * 1e6));
    this.#sentAt = now;
    this.#socket.cork();
    this.#socket.write(this.#head);
    this.#socket.write(this.#load.body);
    this.#socket.uncork();
  }

  /** One that is behind its turns catches up: the rate is the whole run's. */
  #sendInTurn(): void {
    this.#dueAt += this.#load.periodMs;
    const waitMs = this.#dueAt - performance.now();
    if (waitMs <= 0) this.#send();
    else setTimeout(() => (this.#load.isStopping() ? this.#socket.end() : this.#send()), waitMs);
  }

  /** Answers are small; one is whole when its headers and as many bytes as they promise are there. */
  #receive(text: string): void {
    this.#answer += text;
    const end = this.#answer.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/content-length: *(\d+)/i.exec(this.#answer)?.[1] ?? 0);
    if (this.#answer.length < end + 4 + length) return;
    const status = Number(this.#answer.slice(9, 12));
    this.#answer = "";
    this.#load.onAnswer(status);
    if (this.#load.isStopping()) this.#socket.end();
    // A refused request comes again after a moment, as an exporter's would.
    else if (status < 300) this.#sendInTurn();
    else setTimeout(() => this.#send(), 100);
  }
}
