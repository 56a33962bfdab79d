// The same question to the store's SQL and to matchesQuery gets the same traces.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { openEmbeddedStore, type Store, type TraceQuery } from "@culprit/store";
import {
  type AttributeValue,
  type Span,
  SpanKind,
  SpanReplay,
  StatusCode,
} from "@culprit/trace-model";
import { resourceOf, sampleSpan, traceIdOf } from "../../test/sample-spans.ts";
import { matchesQuery } from "./span-match.ts";

const START = sampleSpan().startUnixNano;

const VALUES: readonly AttributeValue[] = [
  ...["yes", "", "true", "200", "1.5", "a'b\\c\"d", "한국어 🐎"],
  ...[true, 200n, 2n ** 62n, 1.5, 200, 1e21, Uint8Array.of(0, 255, 16)],
  ["a", 1n],
  new Map<string, AttributeValue>([["k", "v"]]),
];

const spans: readonly Span[] = [
  ...VALUES.map((value) => ({ attributes: new Map([["k", value]]) })),
  {
    events: [
      {
        timeUnixNano: START,
        name: "cache miss",
        attributes: new Map([["k", "in event"]]),
        droppedAttributesCount: 0,
      },
    ],
  },
  {
    links: [
      {
        traceId: traceIdOf(1),
        spanId: "00f067aa0ba902b7",
        traceState: "",
        attributes: new Map([["k", "in link"]]),
        droppedAttributesCount: 0,
        flags: 0,
      },
    ],
  },
  {
    scope: {
      ...sampleSpan().scope,
      name: "lib",
      version: "2",
      attributes: new Map([["k", "in scope"]]),
    },
  },
  {
    resource: {
      ...resourceOf("shop"),
      attributes: new Map([
        ["service.name", "shop"],
        ["k", "in resource"],
      ]),
    },
  },
  { resource: resourceOf("other") },
  { name: "POST /" },
  { kind: SpanKind.client, statusCode: StatusCode.error },
  { statusCode: StatusCode.ok },
  { endUnixNano: START + 5_000_000n },
  { endUnixNano: START - 5n },
  { startUnixNano: START - 1_000_000_000n },
].map((fields, n) => sampleSpan({ traceId: traceIdOf(n + 1), ...fields }));

const attributes = (key: string, value: string): Partial<TraceQuery> => ({
  attributes: [{ key, value }],
});

const QUERIES: readonly Partial<TraceQuery>[] = [
  {},
  { service: "shop" },
  { service: "other" },
  { operation: "POST /" },
  { startMinUnixNano: START },
  { startMaxUnixNano: START - 1n },
  { durationMinNanos: 5_000_001 },
  { durationMaxNanos: 5_000_000 },
  { durationMaxNanos: 0 },
  ...["yes", "", "true", "200", "1.5", "a'b\\c\"d", "한국어 🐎", "4611686018427387904", "AP8Q"].map(
    (v) => attributes("k", v),
  ),
  ...["in event", "in link", "in scope", "in resource", "nowhere"].map((v) => attributes("k", v)),
  attributes("resource.k", "in resource"),
  attributes("resource.k", "yes"),
  attributes("event", "cache miss"),
  attributes("event", "cache"),
  attributes("error", "true"),
  attributes("error", "false"),
  attributes("span.kind", "client"),
  attributes("span.kind", "CLIENT"),
  attributes("span.kind", "nonsense"),
  attributes("span.status", "ok"),
  attributes("scope.name", "lib"),
  attributes("scope.version", "2"),
  {
    service: "shop",
    operation: "GET /",
    attributes: [
      { key: "k", value: "200" },
      { key: "error", value: "false" },
    ],
  },
];

describe("matchesQuery decides as the store does", () => {
  let store: Store;
  let dataDir: string;
  before(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), "culprit-match-"));
    store = await openEmbeddedStore(dataDir);
    store.writer.append((sink) => {
      const replay = new SpanReplay(sink);
      for (const span of spans) replay.span(span);
    });
    await store.writer.flush();
  });
  after(async () => {
    await store.close();
    await rm(dataDir, { recursive: true });
  });

  for (const fields of QUERIES) {
    const title = JSON.stringify(fields, (_key, value) =>
      typeof value === "bigint" ? String(value) : value,
    );
    test(title, async () => {
      const query: TraceQuery = { ...fields, limit: 100 };
      const found = await store.reader.findTraces(query);
      const ours = spans.filter((span) => matchesQuery(span, query)).map((span) => span.traceId);
      assert.deepEqual(found.map(({ traceId }) => traceId).sort(), ours.sort());
    });
  }
});
