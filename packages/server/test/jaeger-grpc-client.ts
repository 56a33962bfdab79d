// A client of Jaeger's query services that knows nothing of ours: a library's own encoder over the messages as test/protos
// describes them.

import { join } from "node:path";
import { Client, credentials, loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

export type Message = { readonly [field: string]: unknown };

interface Stream extends AsyncIterable<Message> {
  cancel(): void;
}

type StreamMethod = (request: Message) => Stream;
type UnaryMethod = (
  request: Message,
  callback: (error: Error | null, response: Message) => void,
) => void;

export class JaegerGrpcClient {
  readonly #client: Client;

  /** @param address `host:port` */
  constructor(api: "v2" | "v3", address: string) {
    const definition = loadSync(`jaeger-${api}.proto`, {
      includeDirs: [join(import.meta.dirname, "protos")],
      longs: String,
      enums: String,
      keepCase: true,
      defaults: true,
      oneofs: true,
    });
    const { jaeger } = loadPackageDefinition(definition) as unknown as {
      readonly jaeger: Readonly<Record<string, { readonly QueryService: typeof Client }>>;
    };
    const Service = jaeger[`api_${api}`]?.QueryService ?? Client;
    this.#client = new Service(address, credentials.createInsecure());
  }

  call(name: string, request: Message): Promise<Message> {
    const method = this.#method<UnaryMethod>(name);
    return new Promise((resolve, reject) => {
      method(request, (error, response) => (error === null ? resolve(response) : reject(error)));
    });
  }

  stream(name: string, request: Message): Stream {
    return this.#method<StreamMethod>(name)(request);
  }

  async messages(name: string, request: Message): Promise<Message[]> {
    const messages: Message[] = [];
    for await (const message of this.stream(name, request)) messages.push(message);
    return messages;
  }

  close(): void {
    this.#client.close();
  }

  #method<T extends (...parameters: never) => unknown>(name: string): T {
    const method = (this.#client as unknown as Readonly<Record<string, T>>)[name];
    if (method === undefined) throw new Error(`no method ${name}`);
    return method.bind(this.#client) as T;
  }
}

/** A google.protobuf.Timestamp or Duration. */
export function timeMessage(nanos: bigint): Message {
  return { seconds: String(nanos / 1_000_000_000n), nanos: Number(nanos % 1_000_000_000n) };
}
