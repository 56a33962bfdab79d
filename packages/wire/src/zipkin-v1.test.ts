import assert from "node:assert/strict";
import { test } from "node:test";
import { type Span, SpanCollector } from "@culprit/trace-model";
import { assertSameSpans } from "../../trace-model/test/span-identity.ts";
import { type ZipkinV1Span, zipkinThrift } from "../test/zipkin-encodings.ts";
import type { ZipkinSpan } from "./zipkin-json.ts";
import { decodeZipkinJson } from "./zipkin-json-decoder.ts";
import { decodeZipkinThrift } from "./zipkin-thrift-decoder.ts";

function spansOf(document: unknown): Span[] {
  const sink = new SpanCollector();
  decodeZipkinJson(JSON.stringify(document), sink);
  return sink.spans;
}

const IDS = { traceId: "00000000000000010000000000000002", id: "0000000000000003" };
const web = { serviceName: "web", ipv4: "10.0.0.1", port: 80 };
const api = { serviceName: "api", ipv4: "10.0.0.2" };
const socket = { ipv4: "10.0.0.9", port: 4321 };
const at = (timestamp: number, value: string, endpoint?: object) => ({
  timestamp,
  value,
  ...(endpoint === undefined ? undefined : { endpoint }),
});
const address = (key: string, endpoint: object) => ({ key, value: true, endpoint });

interface Case {
  readonly title: string;
  readonly v1: Omit<ZipkinV1Span, "traceId" | "id">;
  readonly v2: readonly Omit<ZipkinSpan, "traceId" | "id">[];
}

const CASES: readonly Case[] = [
  {
    title: "client and server of one call are two spans of one id",
    v1: {
      name: "get",
      timestamp: 100,
      duration: 50,
      annotations: [at(100, "cs", web), at(110, "sr", api), at(140, "ss", api), at(150, "cr", web)],
      binaryAnnotations: [
        { key: "http.path", value: "/", endpoint: web },
        { key: "sql", value: "select", endpoint: api },
        address("sa", api),
        address("ca", web),
      ],
    },
    v2: [
      {
        ...{ name: "get", kind: "CLIENT", timestamp: 100, duration: 50 },
        ...{ localEndpoint: web, remoteEndpoint: api, tags: { "http.path": "/" } },
      },
      {
        ...{ name: "get", kind: "SERVER", timestamp: 110, duration: 30, shared: true },
        ...{ localEndpoint: api, remoteEndpoint: web, tags: { sql: "select" } },
      },
    ],
  },
  {
    title: "a service that calls itself is two spans, too",
    v1: {
      annotations: [at(100, "cs", web), at(110, "sr", web), at(140, "ss", web), at(150, "cr", web)],
    },
    v2: [
      { kind: "CLIENT", timestamp: 100, duration: 50, localEndpoint: web },
      { kind: "SERVER", timestamp: 110, duration: 30, localEndpoint: web, shared: true },
    ],
  },
  {
    title: "a server's half without times of its own shares the client's id",
    v1: { annotations: [at(110, "sr", api), at(140, "ss", api)] },
    v2: [{ kind: "SERVER", timestamp: 110, duration: 30, localEndpoint: api, shared: true }],
  },
  {
    title: "a server span with times of its own shares nothing",
    v1: { timestamp: 110, duration: 30, annotations: [at(110, "sr", api), at(140, "ss", api)] },
    v2: [{ kind: "SERVER", timestamp: 110, duration: 30, localEndpoint: api }],
  },
  {
    title: "an end that fits the span's times tells its start",
    v1: { timestamp: 100, duration: 50, annotations: [at(150, "cr", web)] },
    v2: [{ kind: "CLIENT", timestamp: 100, duration: 50, localEndpoint: web }],
  },
  {
    title: "an end alone stays an annotation",
    v1: { annotations: [at(150, "cr", web)] },
    v2: [{ kind: "CLIENT", localEndpoint: web, annotations: [{ timestamp: 150, value: "cr" }] }],
  },
  {
    title: "what start and end do not tell stays an annotation",
    v1: { timestamp: 100, duration: 50, annotations: [at(100, "cs", web), at(151, "cr", web)] },
    v2: [
      {
        ...{ kind: "CLIENT", timestamp: 100, duration: 50, localEndpoint: web },
        annotations: [{ timestamp: 151, value: "cr" }],
      },
    ],
  },
  {
    title: "a one-way call ends nowhere",
    v1: { annotations: [at(100, "cs", web), at(110, "sr", api)] },
    v2: [
      { kind: "CLIENT", timestamp: 100, localEndpoint: web },
      { kind: "SERVER", timestamp: 110, localEndpoint: api, shared: true },
    ],
  },
  {
    title: "core annotations without an endpoint are annotations like others",
    v1: { timestamp: 100, annotations: [at(100, "cs"), at(105, "retry", web)] },
    v2: [
      {
        ...{ timestamp: 100, localEndpoint: web },
        annotations: [
          { timestamp: 100, value: "cs" },
          { timestamp: 105, value: "retry" },
        ],
      },
    ],
  },
  {
    title: "producer and consumer of one message are two spans of one id",
    v1: {
      annotations: [at(1, "ms", web), at(3, "ws", web), at(7, "wr", api), at(9, "mr", api)],
      binaryAnnotations: [address("ma", { serviceName: "kafka" })],
    },
    v2: [
      {
        ...{ kind: "PRODUCER", timestamp: 1, duration: 2, localEndpoint: web },
        remoteEndpoint: { serviceName: "kafka" },
      },
      {
        ...{ kind: "CONSUMER", timestamp: 7, duration: 2, localEndpoint: api, shared: true },
        remoteEndpoint: { serviceName: "kafka" },
      },
    ],
  },
  {
    title: "a message that was received without a start is a moment",
    v1: { annotations: [at(9, "mr", api)] },
    v2: [{ kind: "CONSUMER", timestamp: 9, localEndpoint: api }],
  },
  {
    title: "a local component marks who logged the span",
    v1: {
      ...{ name: "render", timestamp: 5, duration: 6 },
      binaryAnnotations: [{ key: "lc", value: "", endpoint: web }],
    },
    v2: [{ name: "render", timestamp: 5, duration: 6, localEndpoint: web }],
  },
  {
    title: "a named local component is a tag",
    v1: { timestamp: 5, binaryAnnotations: [{ key: "lc", value: "view", endpoint: web }] },
    v2: [{ timestamp: 5, localEndpoint: web, tags: { lc: "view" } }],
  },
  {
    title: "addresses alone are the two sides",
    v1: { timestamp: 5, binaryAnnotations: [address("ca", web), address("sa", api)] },
    v2: [{ timestamp: 5, localEndpoint: web, remoteEndpoint: api }],
  },
  {
    title: "a server's address alone says nothing about the kind",
    v1: {
      ...{ timestamp: 5 },
      binaryAnnotations: [{ key: "lc", value: "", endpoint: web }, address("sa", api)],
    },
    v2: [{ timestamp: 5, localEndpoint: web, remoteEndpoint: api }],
  },
  {
    title: "a client's address alone makes a server",
    v1: {
      ...{ timestamp: 5 },
      binaryAnnotations: [{ key: "lc", value: "", endpoint: api }, address("ca", web)],
    },
    v2: [{ kind: "SERVER", timestamp: 5, localEndpoint: api, remoteEndpoint: web }],
  },
  {
    title: "a client's socket under the server's name has no name",
    v1: {
      annotations: [at(110, "sr", api), at(140, "ss", api)],
      binaryAnnotations: [address("ca", { ...socket, serviceName: "api" })],
    },
    v2: [
      {
        ...{ kind: "SERVER", timestamp: 110, duration: 30, localEndpoint: api, shared: true },
        remoteEndpoint: socket,
      },
    ],
  },
  {
    title: "an address that is a text which says no truth is a tag",
    v1: { timestamp: 5, binaryAnnotations: [{ key: "sa", value: "no", endpoint: web }] },
    v2: [{ timestamp: 5, localEndpoint: web, tags: { sa: "no" } }],
  },
];

for (const { title, v1, v2 } of CASES) {
  test(title, () => {
    const wanted = spansOf(v2.map((span) => ({ ...IDS, ...span })));
    assertSameSpans(spansOf([{ ...IDS, ...v1 }]), wanted);
    const sink = new SpanCollector();
    decodeZipkinThrift(zipkinThrift([{ ...IDS, ...v1 }]), sink);
    assertSameSpans(sink.spans, wanted);
  });
}

test("a span that hundreds of services logged becomes a few", () => {
  const annotations = Array.from({ length: 500 }, (_, i) =>
    at(i + 1, "seen", { serviceName: `service ${i}` }),
  );
  const spans = spansOf([{ ...IDS, annotations }]);
  assert.ok(spans.length < 20);
  assert.equal(
    spans.reduce((sum, span) => sum + span.events.length, 0),
    500,
  );
});

test("version 1 that has version 2's fields, too, keeps them", () => {
  const [span, ...others] = spansOf([
    {
      ...IDS,
      ...{ kind: "CLIENT", timestamp: 5, localEndpoint: web, remoteEndpoint: api },
      tags: { a: "b" },
      binaryAnnotations: [{ key: "c", value: "d" }],
    },
  ]);
  assert.deepEqual(others, []);
  assert.deepEqual(
    span?.attributes,
    new Map<string, unknown>([
      ["network.local.address", "10.0.0.1"],
      ["network.local.port", 80n],
      ["server.address", "10.0.0.2"],
      ["peer.service", "api"],
      ["a", "b"],
      ["c", "d"],
    ]),
  );
  assert.equal(span?.resource.attributes.get("service.name"), "web");
});
