import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { DependencyReader } from "@culprit/store";
import { type Span, SpanKind, StatusCode } from "@culprit/trace-model";
import { encodeOtlpProtobuf } from "@culprit/wire";
import { ServerCredentials, status } from "@grpc/grpc-js";
import { JaegerGrpcClient, type Message, timeMessage } from "../../test/jaeger-grpc-client.ts";
import { postOtlp, startTestServer, type TestServer } from "../../test/running-server.ts";
import { resourceOf, sampleSpan, spanIdOf, traceIdOf } from "../../test/sample-spans.ts";
import { createQueryGrpcServer } from "./query-grpc-server.ts";

const START = sampleSpan().startUnixNano;
const SECOND = 1_000_000_000n;
const ALL = {
  start_time_min: timeMessage(START),
  start_time_max: timeMessage(START + 9n * SECOND),
};

const ROOT = sampleSpan({
  traceId: traceIdOf(1),
  spanId: spanIdOf(1),
  kind: SpanKind.server,
  startUnixNano: START + 7n,
  endUnixNano: START + SECOND + 9n,
});
const CHILD = sampleSpan({
  traceId: traceIdOf(1),
  spanId: spanIdOf(2),
  parentSpanId: spanIdOf(1),
  kind: SpanKind.unspecified,
  name: "work",
  startUnixNano: START + 3n * SECOND,
  endUnixNano: START + 4n * SECOND,
  resource: resourceOf("bank"),
  statusCode: StatusCode.error,
  attributes: new Map<string, string | bigint | boolean | number | Uint8Array>([
    ["z", -5n],
    ["text", "t"],
    ["flag", true],
    ["ratio", 0.5],
    ["raw", Uint8Array.of(0, 255)],
  ]),
  events: [
    {
      timeUnixNano: START + 1n,
      name: "exception",
      attributes: new Map([["exception.type", "Boom"]]),
      droppedAttributesCount: 0,
    },
  ],
  links: [
    {
      traceId: traceIdOf(9),
      spanId: spanIdOf(9),
      traceState: "",
      attributes: new Map(),
      droppedAttributesCount: 0,
      flags: 0,
    },
  ],
});
const OTHER = sampleSpan({
  traceId: traceIdOf(2),
  startUnixNano: START + 5n * SECOND,
  endUnixNano: START + 5n * SECOND + 1_000n,
  attributes: new Map([["k", "v"]]),
});

let server: TestServer;
let v2: JaegerGrpcClient;
let v3: JaegerGrpcClient;

before(async () => {
  server = await startTestServer();
  await store([ROOT, CHILD, CHILD, OTHER]);
  const address = server.url("query-grpc").slice("http://".length);
  v2 = new JaegerGrpcClient("v2", address);
  v3 = new JaegerGrpcClient("v3", address);
});
after(async () => {
  v2.close();
  v3.close();
  await server.close();
});

async function store(spans: readonly Span[]): Promise<void> {
  const body = new Uint8Array(encodeOtlpProtobuf(spans));
  assert.equal((await postOtlp(server.url("otlp-http"), body)).status, 200);
}

function bytesOf(hex: unknown): Buffer {
  return Buffer.from(String(hex), "hex");
}

function hexOf(bytes: unknown): string {
  return Buffer.from(bytes as Uint8Array).toString("hex");
}

function list(message: unknown, field: string): Message[] {
  return (message as Message)[field] as Message[];
}

function v3Spans(messages: readonly Message[]): Message[] {
  return messages
    .flatMap((message) => list(message, "resource_spans"))
    .flatMap((resource) => list(resource, "scope_spans"))
    .flatMap((scope) => list(scope, "spans"));
}

function v2Spans(messages: readonly Message[]): Message[] {
  return messages.flatMap((message) => list(message, "spans"));
}

async function assertFails(call: Promise<unknown>, code: number, details: RegExp): Promise<void> {
  await assert.rejects(call, (error: Error & { code?: number; details?: string }) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.details ?? "", details);
    return true;
  });
}

test("services and operations, of both generations", async () => {
  const services = { services: ["bank", "shop"] };
  assert.deepEqual(await v3.call("GetServices", {}), services);
  assert.deepEqual(await v2.call("GetServices", {}), services);
  assert.deepEqual(await v3.call("GetOperations", { service: "bank" }), {
    operations: [{ name: "work", span_kind: "internal" }],
  });
  assert.deepEqual(await v2.call("GetOperations", { service: "bank" }), {
    operation_names: ["work"],
    operations: [{ name: "work", span_kind: "" }],
  });
  assert.deepEqual(await v3.call("GetOperations", { service: "shop", span_kind: "client" }), {
    operations: [],
  });
});

test("v3 gives a trace as OTLP: once what came twice, with warnings; raw as it came", async () => {
  const spans = v3Spans(await v3.messages("GetTrace", { trace_id: traceIdOf(1).toUpperCase() }));
  assert.deepEqual(spans.map(({ span_id }) => hexOf(span_id)).sort(), [spanIdOf(1), spanIdOf(2)]);
  const child = spans.find(({ name }) => name === "work");
  assert.equal(hexOf(child?.["trace_id"]), traceIdOf(1));
  assert.equal(hexOf(child?.["parent_span_id"]), spanIdOf(1));
  assert.equal(child?.["start_time_unix_nano"], String(CHILD.startUnixNano));
  const keys = list(child, "attributes").map(({ key }) => key);
  assert.deepEqual(keys, ["flag", "ratio", "raw", "text", "z", "@jaeger@warnings"]);
  const raw = await v3.messages("GetTrace", { trace_id: traceIdOf(1), raw_traces: true });
  assert.equal(v3Spans(raw).length, 3);
});

test("v2 gives a trace as Jaeger's own spans", async () => {
  const spans = v2Spans(await v2.messages("GetTrace", { trace_id: bytesOf(traceIdOf(1)) }));
  assert.equal(spans.length, 2);
  const child = spans.find((span) => span["operation_name"] === "work") as Message;
  assert.equal(hexOf(child["span_id"]), spanIdOf(2));
  assert.deepEqual(child["start_time"], timeMessage(CHILD.startUnixNano));
  assert.deepEqual(child["duration"], timeMessage(SECOND));
  assert.equal(child["flags"], 1);
  assert.deepEqual(
    list(child, "references").map((reference) => ({
      ...reference,
      trace_id: hexOf(reference["trace_id"]),
      span_id: hexOf(reference["span_id"]),
    })),
    [
      { ref_type: "CHILD_OF", trace_id: traceIdOf(1), span_id: spanIdOf(1) },
      { ref_type: "FOLLOWS_FROM", trace_id: traceIdOf(9), span_id: spanIdOf(9) },
    ],
  );
  const tags = new Map(list(child, "tags").map((tag) => [tag["key"], tag]));
  assert.deepEqual(
    [...tags.keys()],
    ["otel.scope.name", "flag", "ratio", "raw", "text", "z", "otel.status_code", "error"],
  );
  assert.deepEqual([tags.get("z")?.["v_type"], tags.get("z")?.["v_int64"]], ["INT64", "-5"]);
  assert.deepEqual(
    [tags.get("ratio")?.["v_type"], tags.get("ratio")?.["v_float64"]],
    ["FLOAT64", 0.5],
  );
  assert.deepEqual([tags.get("flag")?.["v_type"], tags.get("flag")?.["v_bool"]], ["BOOL", true]);
  assert.deepEqual(
    [tags.get("raw")?.["v_type"], hexOf(tags.get("raw")?.["v_binary"])],
    ["BINARY", "00ff"],
  );
  const [log] = list(child, "logs");
  assert.deepEqual(log?.["timestamp"], timeMessage(START + 1n));
  assert.deepEqual(
    list(log, "fields").map(({ key, v_str }) => [key, v_str]),
    [
      ["event", "exception"],
      ["exception.type", "Boom"],
    ],
  );
  assert.equal((child["process"] as Message)["service_name"], "bank");
  assert.equal((child["warnings"] as unknown[]).length, 1);
});

const SEARCHES: readonly (readonly [string, Message, readonly number[]])[] = [
  ["everything, newest first", {}, [2, 1]],
  ["a service", { service_name: "bank" }, [1]],
  ["an operation", { service_name: "bank", operation_name: "GET /" }, []],
  ["an attribute", { attributes: { k: "v" }, tags: { k: "v" } }, [2]],
  ["a depth", { search_depth: 1 }, [2]],
  ["the shortest", { duration_max: timeMessage(1_000n) }, [2]],
  ["the longest", { duration_min: timeMessage(SECOND) }, [1]],
  [
    "durations of nothing",
    { duration_min: timeMessage(0n), duration_max: timeMessage(0n) },
    [2, 1],
  ],
  ["a window", { ...ALL, start_time_min: timeMessage(START + 4n * SECOND) }, [2]],
];
for (const [what, query, numbers] of SEARCHES) {
  test(`${what}: found by v2, by v3 and in summaries`, async () => {
    const request = { query: { ...ALL, ...query } };
    const ids = numbers.map(traceIdOf);
    const found = (spans: readonly Message[]): string[] => [
      ...new Set(spans.map(({ trace_id }) => hexOf(trace_id))),
    ];
    assert.deepEqual(found(v3Spans(await v3.messages("FindTraces", request))), ids);
    assert.deepEqual(found(v2Spans(await v2.messages("FindTraces", request))), ids);
    const summaries = await v3.messages("FindTraceSummaries", request);
    assert.deepEqual(
      summaries.flatMap((m) => list(m, "summaries")).map((s) => s["trace_id"]),
      ids,
    );
  });
}

test("a summary has all that a search page shows", async () => {
  const query = { ...ALL, service_name: "bank" };
  const [message] = await v3.messages("FindTraceSummaries", { query });
  assert.deepEqual(list(message, "summaries"), [
    {
      trace_id: traceIdOf(1),
      root_service_name: "shop",
      root_operation_name: ROOT.name,
      min_start_time_unix_nano: String(ROOT.startUnixNano),
      max_end_time_unix_nano: String(CHILD.endUnixNano),
      span_count: 2,
      error_span_count: 1,
      orphan_span_count: 0,
      services: [
        { name: "bank", span_count: 1, error_span_count: 1 },
        { name: "shop", span_count: 1, error_span_count: 0 },
      ],
    },
  ]);
});

test("v2 needs no times, and takes those of Go's clients for none", async () => {
  const noTime = { seconds: "-62135596800", nanos: 0 };
  const queries = [{}, { start_time_min: noTime, start_time_max: noTime }];
  for (const query of queries) {
    const messages = await v2.messages("FindTraces", { query: { ...query, service_name: "bank" } });
    assert.equal(v2Spans(messages).length, 2);
  }
});

test("what is wrong with a question is a status", async () => {
  const { notFound, invalidArgument } = {
    notFound: status.NOT_FOUND,
    invalidArgument: status.INVALID_ARGUMENT,
  };
  const unknown = traceIdOf(77);
  await assertFails(v3.messages("GetTrace", { trace_id: unknown }), notFound, /trace not found/);
  await assertFails(v2.messages("GetTrace", { trace_id: bytesOf(unknown) }), notFound, /not found/);
  await assertFails(v2.call("ArchiveTrace", { trace_id: bytesOf(unknown) }), notFound, /not found/);
  for (const trace_id of ["", "xyz", "0000", "1".repeat(33)]) {
    await assertFails(v3.messages("GetTrace", { trace_id }), invalidArgument, /trace id/);
  }
  await assertFails(v2.messages("GetTrace", {}), invalidArgument, /a trace id is required/);
  await assertFails(v2.messages("FindTraces", {}), invalidArgument, /missing query/);
  const queries: (readonly [Message, RegExp])[] = [
    [{}, /start_time_min and query.start_time_max are required/],
    [{ start_time_min: ALL.start_time_min }, /are required/],
    [{ start_time_min: ALL.start_time_max, start_time_max: ALL.start_time_min }, /must be before/],
    [{ ...ALL, search_depth: -1 }, /greater than 0/],
    [{ ...ALL, filter: { op: "eq" } }, /filter is not supported/],
  ];
  for (const [query, details] of queries) {
    for (const method of ["FindTraces", "FindTraceSummaries"]) {
      await assertFails(v3.messages(method, { query }), invalidArgument, details);
    }
  }
  await assertFails(v3.messages("FindTraces", {}), invalidArgument, /are required/);
});

test("an archived trace is answered as before", async () => {
  const request = { trace_id: bytesOf(traceIdOf(2)) };
  assert.deepEqual(await v2.call("ArchiveTrace", request), {});
  assert.equal(v2Spans(await v2.messages("GetTrace", request)).length, 1);
});

test("a large trace comes in messages that clients take; one that leaves early costs nothing more", async () => {
  const traceId = traceIdOf(3);
  const spans = Array.from({ length: 900 }, (_, n) =>
    sampleSpan({
      traceId,
      spanId: spanIdOf(n + 1),
      startUnixNano: START + 100n * SECOND,
      attributes: new Map([["padding", "x".repeat(20_000)]]),
    }),
  );
  await store(spans);
  for (const messages of [
    v3Spans(await v3.messages("GetTrace", { trace_id: traceId })),
    v2Spans(await v2.messages("GetTrace", { trace_id: bytesOf(traceId) })),
  ]) {
    assert.deepEqual(
      messages.map(({ span_id }) => hexOf(span_id)).sort(),
      spans.map(({ spanId }) => spanId).sort(),
    );
  }
  const stream = v3.stream("GetTrace", { trace_id: traceId });
  await assertFails(
    (async () => {
      for await (const message of stream) {
        assert.ok(v3Spans([message]).length < spans.length);
        stream.cancel();
      }
    })(),
    status.CANCELLED,
    /Cancelled/i,
  );
  assert.deepEqual(await v3.call("GetServices", {}), { services: ["bank", "shop"] });
});

test("who called whom, where that is known", async () => {
  const window = { start_time: timeMessage(SECOND), end_time: timeMessage(2n * SECOND + 5n) };
  const dependencies: DependencyReader = {
    dependencies: async ({ startMinUnixNano, startMaxUnixNano }) => {
      assert.deepEqual([startMinUnixNano, startMaxUnixNano], [SECOND, 2n * SECOND + 5n]);
      return [{ parent: "a", child: "b", callCount: 2 ** 40, errorCount: 1, p95Nanos: 2 }];
    },
  };
  // Dependencies read no traces.
  const none = undefined as never;
  const grpc = createQueryGrpcServer({ reader: none, archive: none, dependencies });
  const port = await new Promise<number>((resolve, reject) => {
    grpc.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const clients = [
    new JaegerGrpcClient("v2", `127.0.0.1:${port}`),
    new JaegerGrpcClient("v3", `127.0.0.1:${port}`),
  ];
  try {
    for (const client of clients) {
      const [link, ...more] = list(await client.call("GetDependencies", window), "dependencies");
      assert.deepEqual(more, []);
      assert.deepEqual([link?.["parent"], link?.["child"]], ["a", "b"]);
      assert.equal(link?.["call_count"], String(2 ** 40));
      for (const request of [{}, { ...window, end_time: window.start_time }]) {
        const call = client.call("GetDependencies", request);
        await assertFails(call, status.INVALID_ARGUMENT, /start_time/);
      }
    }
  } finally {
    for (const client of clients) client.close();
    grpc.forceShutdown();
  }
});
