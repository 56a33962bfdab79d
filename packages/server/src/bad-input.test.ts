// What no client should send, into a whole server: it answers clearly or warns, lives on, and other data is unharmed.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { spanDetail, tracePage, verdict } from "@culprit/api";
import { type Span, StatusCode } from "@culprit/trace-model";
import { encodeOtlpJson, encodeOtlpProtobuf } from "@culprit/wire";
import fc from "fast-check";
import { postOtlp, startTestServer, type TestServer } from "../test/running-server.ts";
import { resourceOf, sampleSpan, spanIdOf, traceIdOf } from "../test/sample-spans.ts";

const HEALTHY = sampleSpan({
  traceId: traceIdOf(1),
  name: "healthy",
  statusCode: StatusCode.ok,
  resource: resourceOf("healthy"),
});

describe("bad input", () => {
  let server: TestServer;
  let otlp: string;
  before(async () => {
    server = await startTestServer();
    otlp = server.url("otlp-http");
    assert.equal((await post([HEALTHY])).status, 200);
  });
  after(() => server.close());

  afterEach(async () => {
    const detail = await get(`/traces/${HEALTHY.traceId}/spans/${HEALTHY.spanId}`);
    assert.equal(spanDetail.parse(detail).operation, "healthy");
  });

  function post(spans: readonly Span[]): Promise<Response> {
    return postOtlp(otlp, Buffer.from(encodeOtlpProtobuf(spans)));
  }

  async function get(path: string): Promise<unknown> {
    const response = await fetch(`${server.url("query")}/api/culprit${path}`);
    assert.equal(response.status, 200, path);
    return response.json();
  }

  const sample = encodeOtlpProtobuf([
    sampleSpan({ traceId: traceIdOf(2), resource: resourceOf("mutated") }),
    sampleSpan({ traceId: traceIdOf(2), spanId: spanIdOf(2), resource: resourceOf("mutated") }),
  ]);

  test("truncated and bit-flipped protobuf is a 200 or a 400", async () => {
    const mutation = fc.record({
      length: fc.integer({ min: 0, max: sample.length }),
      flips: fc.array(fc.nat(sample.length * 8 - 1), { maxLength: 4 }),
    });
    const counts = new Map<number, number>();
    for (const { length, flips } of fc.sample(mutation, { numRuns: 300, seed: 1 })) {
      const bytes = Buffer.from(sample);
      for (const bit of flips) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { status } = await postOtlp(otlp, bytes.subarray(0, length));
      assert.ok(status === 200 || status === 400, `${status}`);
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    assert.ok((counts.get(400) ?? 0) > 100);
  });

  test("wrong types in JSON are a 400 that names the place", async () => {
    for (const body of [
      '{"resourceSpans":5}',
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":1}]}]}]}',
      '{"resourceSpans":[{"scopeSpans":"x"}]}',
      "[]",
      "null",
      '"text"',
      "[".repeat(100_000),
      '{"resourceSpans":',
    ]) {
      const response = await postOtlp(otlp, body);
      assert.equal(response.status, 400, body.slice(0, 60));
      const status = (await response.json()) as { code: number; message: string };
      assert.equal(status.code, 3);
      assert.notEqual(status.message, "");
    }
  });

  test("a gzip bomb is a 413 and costs no more than the limit", async () => {
    // Packed a thousand times: 300 MiB of zeros in 300 KiB.
    const bomb = gzipSync(Buffer.alloc(300 << 20), { level: 9 });
    const before = process.memoryUsage.rss();
    const response = await postOtlp(otlp, bomb, { "content-encoding": "gzip" });
    assert.equal(response.status, 413);
    const grownBytes = process.memoryUsage.rss() - before;
    assert.ok(grownBytes < 200 << 20, `${grownBytes >> 20} MiB`);
  });

  test("a body of 100 MB is a 413", async () => {
    const response = await postOtlp(otlp, Buffer.alloc(100_000_000));
    assert.equal(response.status, 413);
  });

  test("ids of the wrong length are rejected one by one", async () => {
    const document = JSON.parse(encodeOtlpJson([sampleSpan({ traceId: traceIdOf(3) })]));
    const { spans } = document.resourceSpans[0].scopeSpans[0];
    spans.push(
      { ...spans[0], traceId: "abcd" },
      { ...spans[0], spanId: "00" },
      { ...spans[0], spanId: "0000000000000000" },
    );
    const response = await postOtlp(otlp, JSON.stringify(document));
    assert.equal(response.status, 200);
    const { partialSuccess } = (await response.json()) as {
      partialSuccess: { rejectedSpans: string; errorMessage: string };
    };
    assert.equal(partialSuccess.rejectedSpans, "3");
    assert.notEqual(partialSuccess.errorMessage, "");
    assert.equal(tracePage.parse(await get(`/traces/${traceIdOf(3)}`)).spans.spanId.length, 1);
  });

  const TIMES: readonly (readonly [what: string, start: bigint, end: bigint])[] = [
    ["times of 0", 0n, 0n],
    ["a start of 0", 0n, HEALTHY.endUnixNano],
    ["times after 2262", 2n ** 63n + 5n, 2n ** 64n - 1n],
    ["an end before the start", HEALTHY.startUnixNano, HEALTHY.startUnixNano - 5n],
  ];
  for (const [index, [what, startUnixNano, endUnixNano]] of TIMES.entries()) {
    test(`${what} are kept and shown`, async () => {
      const traceId = traceIdOf(10 + index);
      assert.equal((await post([sampleSpan({ traceId, startUnixNano, endUnixNano })])).status, 200);
      const detail = spanDetail.parse(await get(`/traces/${traceId}/spans/${sampleSpan().spanId}`));
      assert.equal(detail.startUnixNano, String(startUnixNano));
      if (endUnixNano < startUnixNano) {
        assert.equal(detail.durationNanos, 0);
        assert.match(detail.warnings.join(), /ends before it starts/);
      }
      verdict.parse(await get(`/traces/${traceId}/verdict`));
      const jaeger = await fetch(`${server.url("query")}/api/traces/${traceId}`);
      assert.equal(jaeger.status, 200);
    });
  }

  test("one request with spans in 1,000 different years is kept whole", async () => {
    const yearNanos = (584n * 365n * 86_400_000_000_000n) / 1000n;
    const spans = Array.from({ length: 1000 }, (_, n) => {
      const startUnixNano = BigInt(n) * yearNanos;
      return sampleSpan({
        traceId: traceIdOf(0x1000 + n),
        startUnixNano,
        endUnixNano: startUnixNano + 1000n,
        resource: resourceOf("years"),
      });
    });
    assert.equal((await post(spans)).status, 200);
    for (const n of [0, 500, 999]) {
      const page = tracePage.parse(await get(`/traces/${traceIdOf(0x1000 + n)}`));
      assert.equal(page.startUnixNano, String(BigInt(n) * yearNanos));
    }
  });

  test("a chain 10,000 deep is a trace like any other", async () => {
    const traceId = traceIdOf(4);
    const start = HEALTHY.startUnixNano;
    const spans = Array.from({ length: 10_000 }, (_, n) =>
      sampleSpan({
        traceId,
        spanId: spanIdOf(n),
        parentSpanId: n === 0 ? "" : spanIdOf(n - 1),
        startUnixNano: start + BigInt(n),
        endUnixNano: start + BigInt(40_000 - n),
      }),
    );
    assert.equal((await post(spans)).status, 200);
    const page = tracePage.parse(await get(`/traces/${traceId}`));
    assert.equal(page.spans.depth.at(-1), 9_999);
    const judged = verdict.parse(await get(`/traces/${traceId}/verdict`));
    const path = judged.criticalPath.reduce(
      (sum, section) => sum + BigInt(section.endUnixNano) - BigInt(section.startUnixNano),
      0n,
    );
    assert.equal(path, 40_000n);
  });

  test("a cycle of parents is cut, with a warning", async () => {
    const traceId = traceIdOf(5);
    const spans = [1, 2, 3].map((n) =>
      sampleSpan({ traceId, spanId: spanIdOf(n), parentSpanId: spanIdOf((n % 3) + 1) }),
    );
    assert.equal((await post(spans)).status, 200);
    const page = tracePage.parse(await get(`/traces/${traceId}`));
    assert.equal(page.spans.spanId.length, 3);
    assert.match(page.warnings.join(), /cycle/);
    verdict.parse(await get(`/traces/${traceId}/verdict`));
  });

  test("names of Object.prototype are attributes like any other", async () => {
    const attributes = new Map([["constructor", "x"]]);
    const span = sampleSpan({ traceId: traceIdOf(7), attributes });
    assert.equal((await post([span])).status, 200);
    for (const [search, count] of [
      ["tag=constructor:x", 1],
      ['tags={"constructor":"x"}', 1],
      ["tag=__proto__:x", 0],
      ["tag=toString:x", 0],
    ] as const) {
      const start = `start=0&${search}`;
      const response = await fetch(`${server.url("query")}/api/traces?${start}`);
      assert.equal(response.status, 200, search);
      assert.equal(((await response.json()) as { data: unknown[] }).data.length, count, search);
      const { traces } = (await get(`/traces?${start}`)) as { traces: unknown[] };
      assert.equal(traces.length, count, search);
    }
  });

  test("a path that cannot be a path, or names a service of 8,000 letters, gets the envelope", async () => {
    for (const [service, status] of [
      ["s".repeat(8000), 200],
      ["%ff", 400],
    ] as const) {
      const url = `${server.url("query")}/api/services/${service}/operations`;
      const response = await fetch(url);
      assert.equal(response.status, status);
      const keys = Object.keys((await response.json()) as object).sort();
      assert.deepEqual(keys, ["data", "errors", "limit", "offset", "total"]);
    }
  });

  test("the same span sent twice is shown once", async () => {
    const span = sampleSpan({ traceId: traceIdOf(6) });
    assert.equal((await post([span, span])).status, 200);
    assert.equal((await post([span])).status, 200);
    const page = tracePage.parse(await get(`/traces/${span.traceId}`));
    assert.deepEqual(page.spans.spanId, [span.spanId]);
  });
});
