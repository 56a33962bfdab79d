import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import {
  type Client,
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  status,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { ROOT_CONTEXT, SpanKind } from "@opentelemetry/api";
import { JaegerRemoteSampler } from "@opentelemetry/sampler-jaeger-remote";
import { AlwaysOnSampler, SamplingDecision } from "@opentelemetry/sdk-trace-base";
import { sendHttp } from "../../test/send-http.ts";
import { newHttpServer } from "../http-door.ts";
import { sendText } from "../text-answer.ts";
import { addSamplingManager } from "./sampling-grpc.ts";
import { samplingAnswer } from "./sampling-http.ts";
import { parseStrategies } from "./strategies-file.ts";

const strategies = parseStrategies(
  JSON.stringify({
    service_strategies: [
      { service: "none", type: "probabilistic", param: 0 },
      { service: "limited", type: "ratelimiting", param: 5 },
      {
        ...{ service: "käse & brot", type: "probabilistic", param: 0.5 },
        operation_strategies: [{ operation: "get /", type: "probabilistic", param: 0.25 }],
      },
    ],
  }),
);
const OPERATIONS = {
  strategyType: "PROBABILISTIC",
  probabilisticSampling: { samplingRate: 0.5 },
  operationSampling: {
    defaultSamplingProbability: 0.5,
    defaultLowerBoundTracesPerSecond: 0,
    perOperationStrategies: [{ operation: "get /", probabilisticSampling: { samplingRate: 0.25 } }],
  },
};

describe("over HTTP", () => {
  const server = newHttpServer((request, response) =>
    sendText(
      response,
      samplingAnswer((service) => strategies.strategyOf(service), request),
    ),
  );
  let port: number;
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const get = (path: string) => sendHttp(port, { method: "GET", path });

  test("any path answers the strategy of the service", async () => {
    for (const [path, wanted] of [
      [
        "/?service=unknown",
        { strategyType: "PROBABILISTIC", probabilisticSampling: { samplingRate: 1 } },
      ],
      [
        "/sampling?service=limited",
        { strategyType: "RATE_LIMITING", rateLimitingSampling: { maxTracesPerSecond: 5 } },
      ],
      ["/api/sampling?x=1&service=k%C3%A4se+%26%20brot", OPERATIONS],
    ] as const) {
      const reply = await get(path);
      assert.equal(reply.status, 200);
      assert.equal(reply.headers["content-type"], "application/json");
      assert.equal(reply.body.toString(), JSON.stringify(wanted));
    }
  });

  test("no service, or several, is a 400", async () => {
    for (const path of ["/", "/sampling?services=a", "/?service=a&service=b"]) {
      const reply = await get(path);
      assert.equal(reply.status, 400);
      assert.equal(reply.body.toString(), "'service' parameter must be provided once\n");
    }
  });

  test("other methods are a 405", async () => {
    const reply = await sendHttp(port, { method: "POST", path: "/?service=a" });
    assert.equal(reply.status, 405);
    assert.equal(reply.headers.allow, "GET");
  });

  test("a rate of 0 stops OpenTelemetry's remote sampler after its next poll", async (t) => {
    // It polls by an interval that nothing ends.
    t.mock.timers.enable({ apis: ["setInterval"] });
    const sampler = new JaegerRemoteSampler({
      endpoint: `http://127.0.0.1:${port}`,
      serviceName: "none",
      initialSampler: new AlwaysOnSampler(),
      poolingInterval: 60_000,
    });
    const decision = () =>
      sampler.shouldSample(ROOT_CONTEXT, "f".repeat(32), "get /", SpanKind.SERVER, {}, []).decision;
    assert.equal(decision(), SamplingDecision.RECORD_AND_SAMPLED);
    t.mock.timers.tick(60_000);
    while (decision() !== SamplingDecision.NOT_RECORD) await new Promise(setImmediate);
  });
});

describe("over gRPC, for a client that knows nothing of ours", () => {
  const server = new Server();
  let client: Client;
  before(async () => {
    addSamplingManager(server, strategies);
    const bound = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
    const protos = path.join(import.meta.dirname, "../../test/protos");
    const definition = loadSync("jaeger-sampling.proto", { includeDirs: [protos], enums: String });
    const { jaeger } = loadPackageDefinition(definition) as unknown as {
      readonly jaeger: { readonly api_v2: { readonly SamplingManager: typeof Client } };
    };
    const { SamplingManager } = jaeger.api_v2;
    client = new SamplingManager(`127.0.0.1:${bound}`, credentials.createInsecure());
  });
  after(() => {
    client.close();
    server.forceShutdown();
  });

  const ask = (serviceName: string): Promise<unknown> => {
    const { getSamplingStrategy } = client as unknown as {
      getSamplingStrategy(
        request: object,
        callback: (error: Error | null, response: unknown) => void,
      ): void;
    };
    return new Promise((resolve, reject) => {
      getSamplingStrategy.call(client, { serviceName }, (error, response) =>
        error === null ? resolve(response) : reject(error),
      );
    });
  };

  test("the same strategies are answered", async () => {
    for (const service of ["unknown", "none", "käse & brot"]) {
      const { strategyType: _, ...wanted } = strategies.strategyOf(service);
      // PROBABILISTIC is the default, which a message leaves out.
      assert.deepEqual(JSON.parse(JSON.stringify(await ask(service))), wanted);
    }
    assert.deepEqual(
      JSON.parse(JSON.stringify(await ask("limited"))),
      strategies.strategyOf("limited"),
    );
  });

  test("bytes that are no request are INVALID_ARGUMENT", async () => {
    const answer = new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        "/jaeger.api_v2.SamplingManager/GetSamplingStrategy",
        (bytes: Buffer) => bytes,
        (bytes) => bytes,
        Buffer.from([0x0a, 0x7f]),
        (error, response) => (error === null ? resolve(response) : reject(error)),
      );
    });
    await assert.rejects(answer, { code: status.INVALID_ARGUMENT });
  });
});
