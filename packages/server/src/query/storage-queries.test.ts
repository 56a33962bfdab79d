// Jaeger's own storage queries: which traces a search finds, through every API that searches. The fixtures' two days are
// moved to yesterday and the day before, the time of day stays.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fixtureBytes, fixtureJson, fixturesIn, skip } from "../../../wire/test/shared-fixtures.ts";
import { JaegerGrpcClient, type Message, timeMessage } from "../../test/jaeger-grpc-client.ts";
import { traceIdsOf } from "../../test/recorded-answers.ts";
import { postOtlp, startTestServer, type TestServer } from "../../test/running-server.ts";

interface StorageQuery {
  readonly Caption: string;
  readonly Query: {
    readonly ServiceName: string;
    readonly OperationName: string;
    readonly Tags: Readonly<Record<string, string | number | boolean>> | null;
    readonly StartTimeMin: string;
    readonly StartTimeMax: string;
    /** Nanoseconds, 0 for none. */
    readonly DurationMin: number;
    readonly DurationMax: number;
    readonly NumTraces: number;
  };
  readonly ExpectedFixtures: readonly string[];
}

const QUERIES =
  skip === false ? (fixtureJson("jaeger-storage/queries.json") as readonly StorageQuery[]) : [];

const DAY_MS = 86_400_000;
const YESTERDAY_MS = (Math.floor(Date.now() / DAY_MS) - 1) * DAY_MS;
const SHIFT_NANOS = BigInt(YESTERDAY_MS - Date.parse("2017-01-26T00:00:00Z")) * 1_000_000n;

function shifted(otlp: string): string {
  return otlp.replaceAll(
    /("(?:\w+T|t)imeUnixNano": *")(\d+)"/g,
    (_, key: string, nanos: string) => `${key}${BigInt(nanos) + SHIFT_NANOS}"`,
  );
}

/** Moments of the queries have microseconds. */
function microsOf(moment: string): bigint {
  const fraction = /\.(\d+)Z$/.exec(moment)?.[1] ?? "";
  const seconds = BigInt(Date.parse(moment.replace(/\.\d+Z$/, "Z")) / 1000);
  return seconds * 1_000_000n + BigInt(fraction.padEnd(6, "0")) + SHIFT_NANOS / 1000n;
}

function rfc3339(micros: bigint): string {
  const second = new Date(Number(micros / 1_000_000n) * 1000).toISOString().slice(0, 19);
  return `${second}.${String(micros % 1_000_000n).padStart(6, "0")}Z`;
}

interface Search {
  readonly service: string;
  readonly operation: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly startMicros: bigint;
  readonly endMicros: bigint;
  readonly minNanos: number;
  readonly maxNanos: number;
  readonly limit: number;
}

function searchOf({ Query }: StorageQuery): Search {
  const tags = Object.entries(Query.Tags ?? {}).map(([key, value]) => [key, String(value)]);
  return {
    service: Query.ServiceName,
    operation: Query.OperationName,
    tags: Object.fromEntries(tags),
    startMicros: microsOf(Query.StartTimeMin),
    endMicros: microsOf(Query.StartTimeMax),
    minNanos: Query.DurationMin,
    maxNanos: Query.DurationMax,
    limit: Query.NumTraces,
  };
}

/** Without the parameters that say nothing. */
function queryString(parameters: Readonly<Record<string, string>>): string {
  const given = Object.entries(parameters).filter(
    ([, value]) => !["", "0ns", "{}"].includes(value),
  );
  return new URLSearchParams(given).toString();
}

describe("Jaeger's storage queries", { skip }, () => {
  let server: TestServer;
  let grpc: JaegerGrpcClient;

  before(async () => {
    server = await startTestServer();
    grpc = new JaegerGrpcClient("v3", server.url("query-grpc").slice("http://".length));
    for (const path of fixturesIn("jaeger-storage/traces")) {
      const otlp = shifted(new TextDecoder().decode(fixtureBytes(path)));
      assert.equal((await postOtlp(server.url("otlp-http"), otlp)).status, 200);
    }
  });
  after(async () => {
    grpc.close();
    await server.close();
  });

  const APIS: Readonly<Record<string, (search: Search) => Promise<readonly string[]>>> = {
    "v1 over HTTP": (search) =>
      get("/api/traces", {
        service: search.service,
        operation: search.operation,
        tags: JSON.stringify(search.tags),
        start: String(search.startMicros),
        end: String(search.endMicros),
        minDuration: `${search.minNanos}ns`,
        maxDuration: `${search.maxNanos}ns`,
        limit: String(search.limit),
      }),
    "v3 over HTTP": (search) => get("/api/v3/traces", v3Parameters(search)),
    "summaries of v3": (search) => get("/api/v3/trace-summaries", v3Parameters(search)),
    "v3 over gRPC": async (search) => {
      const query = {
        service_name: search.service,
        operation_name: search.operation,
        attributes: search.tags,
        start_time_min: timeMessage(search.startMicros * 1000n),
        start_time_max: timeMessage(search.endMicros * 1000n),
        duration_min: timeMessage(BigInt(search.minNanos)),
        duration_max: timeMessage(BigInt(search.maxNanos)),
        search_depth: search.limit,
      };
      return idsOfMessages(await grpc.messages("FindTraces", { query }));
    },
  };

  for (const [api, find] of Object.entries(APIS)) {
    for (const query of QUERIES) {
      test(`${query.Caption}: ${api}`, async () => {
        const expected = query.ExpectedFixtures.flatMap((name) =>
          traceIdsOf({ result: fixtureJson(`jaeger-storage/traces/${name}.json`) }),
        );
        assert.ok(expected.length > 0);
        assert.deepEqual(await find(searchOf(query)), expected.sort());
      });
    }
  }

  async function get(path: string, parameters: Record<string, string>): Promise<string[]> {
    const response = await fetch(`${server.url("query")}${path}?${queryString(parameters)}`);
    assert.equal(response.status, 200);
    return traceIdsOf(await response.json());
  }
});

function v3Parameters(search: Search): Record<string, string> {
  return {
    "query.serviceName": search.service,
    "query.operationName": search.operation,
    "query.attributes": JSON.stringify(search.tags),
    "query.startTimeMin": rfc3339(search.startMicros),
    "query.startTimeMax": rfc3339(search.endMicros),
    "query.durationMin": `${search.minNanos}ns`,
    "query.durationMax": `${search.maxNanos}ns`,
    "query.searchDepth": String(search.limit),
  };
}

function idsOfMessages(messages: readonly Message[]): string[] {
  const ids = messages
    .flatMap((message) => message["resource_spans"] as Message[])
    .flatMap((resource) => resource["scope_spans"] as Message[])
    .flatMap((scope) => scope["spans"] as Message[])
    .map((span) => Buffer.from(span["trace_id"] as Uint8Array).toString("hex"));
  return [...new Set(ids)].sort();
}

test("there are 21 of them", { skip }, () => assert.equal(QUERIES.length, 21));
