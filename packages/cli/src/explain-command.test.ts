import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { explanation } from "@culprit/api";
import { culprit, FREE_PORTS, serve } from "../test/culprit-process.ts";

const BASELINE = "2026-03-01T10:00:00Z..2026-03-01T10:10:00Z";
const INCIDENT = "2026-03-01T11:00:00Z..2026-03-01T11:10:00Z";
const ALL = "2026-03-01T10:00:00Z..2026-03-01T12:00:00Z";
const GROUPS = ["--baseline", BASELINE, "--incident", INCIDENT];

/** A request of frontend to stock; the incident's stock takes four times as long. */
function trace(n: number): string {
  const isIncident = n >= 30;
  const start = BigInt(Date.parse(`2026-03-01T${isIncident ? 11 : 10}:00:00Z`)) * 1_000_000n;
  const at = start + BigInt(n % 30) * 1_000_000_000n;
  const stockNanos = (isIncident ? 80 : 20) * 1_000_000 + n * 10_000;
  const span = (id: number, name: string, kind: number, from: number, to: number) => ({
    traceId: (n + 1).toString(16).padStart(32, "0"),
    spanId: id.toString(16).padStart(16, "0"),
    ...(id === 1 ? {} : { parentSpanId: (id - 1).toString(16).padStart(16, "0") }),
    name,
    kind,
    startTimeUnixNano: String(at + BigInt(from)),
    endTimeUnixNano: String(at + BigInt(to)),
  });
  const of = (service: string, version: string, spans: unknown[]) => ({
    resource: {
      attributes: [
        { key: "service.name", value: { stringValue: service } },
        { key: "service.version", value: { stringValue: version } },
      ],
    },
    scopeSpans: [{ spans }],
  });
  return JSON.stringify({
    resourceSpans: [
      of("frontend", "1.0", [
        span(1, "POST /orders", 2, 0, 6e6 + stockNanos),
        span(2, "GET", 3, 1e6, 5e6 + stockNanos),
      ]),
      of("stock", isIncident ? "2.0" : "1.9", [span(3, "GET /stock", 2, 3e6, 3e6 + stockNanos)]),
    ],
  });
}

describe("explain", () => {
  let folder = "";
  let data = "";
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "culprit-explain-"));
    data = path.join(folder, "data");
    const file = path.join(folder, "traces.jsonl");
    await writeFile(file, Array.from({ length: 60 }, (_, n) => trace(n)).join("\n"));
    const { code, stderr } = await culprit(["import", file, "--data", data]);
    assert.equal(code, 0, stderr);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test("names the culprit of a folder, of a running server the same, as report and as document", async (t) => {
    const document = await culprit(["explain", ...GROUPS, "--json", "--data", data]);
    assert.equal(document.code, 0, document.stderr);
    const found = explanation.parse(JSON.parse(document.stdout));
    assert.deepEqual([found.baseline.traceCount, found.incident.traceCount], [30, 30]);
    assert.equal(found.suspects[0]?.service, "stock");
    const versions = found.attributes.filter(({ key }) => key === "service.version");
    assert.deepEqual(
      versions.map(({ value }) => value),
      ["2.0", "1.9"],
    );

    const report = await culprit(["explain", ...GROUPS, "--data", data]);
    assert.match(report.stdout, /^stock is the first suspect \(GET \/stock\): /);
    assert.match(report.stdout, /\n {2}1\. +stock +GET \/stock +latency /);
    assert.match(report.stdout, /for example: culprit analyze [0-9a-f]{32}\n/);
    assert.match(report.stdout, /service\.version +2\.0 +100 % +0 % +30 \/ 0\n/);
    assert.equal(report.stderr, "");

    const server = await serve(t, [...FREE_PORTS, "--data", data]);
    const url = server.url("query");
    const overHttp = await culprit(["explain", ...GROUPS, "--json", "--url", url]);
    assert.deepEqual(JSON.parse(overHttp.stdout), found, overHttp.stderr);
    assert.equal((await server.end("SIGTERM")).code, 0);
  });

  test("as text: the paragraph, who only waits, the tables; nothing else on either stream", async () => {
    const { code, stdout, stderr } = await culprit(["explain", ...GROUPS, "--data", data]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(
      stdout,
      `stock is the first suspect (GET /stock): exclusive time of a call of GET /stock grew from p50 20.1 ms to 80.4 ms, p95 20.3 ms to 80.6 ms (30 and 30 calls). frontend (p50 +60.3 ms) is slower only because it waits for stock. Nobody else is suspected. Compared: 30 traces of the incident (median 86.4 ms) against 30 traces of the baseline (median 26.1 ms).

Suspects
      service  operation   kind     score  p50 before  p50 now  calls    errors
  1.  stock    GET /stock  latency  2.3    20.1 ms     80.4 ms  30 / 30  0 % / 0 %

  1. exclusive time of a call of GET /stock grew from p50 20.1 ms to 80.4 ms, p95 20.3 ms to 80.6 ms (30 and 30 calls).
     for example: culprit analyze 0000000000000000000000000000003c

Attributes that tell the two groups apart
  attribute        value  incident  baseline  traces
  service.version  2.0    100 %     0 %       30 / 0
  service.version  1.9    0 %       100 %     0 / 30
`,
    );
  });

  test("a window without traces, or a query that meets none: one sentence", async () => {
    const later = "2026-03-02T10:00:00Z..2026-03-02T10:10:00Z";
    const empty = await culprit([
      ...["explain", "--baseline", BASELINE, "--incident", later, "--data", data],
    ]);
    assert.equal(
      empty.stdout,
      "The incident has no traces: there is nothing to explain.\n",
      empty.stderr,
    );
    const query = ["--query", "service=nobody"];
    const neither = await culprit(["explain", ...GROUPS, ...query, "--data", data]);
    assert.match(neither.stdout, /^Neither the baseline nor the incident has traces: .*\n$/);
  });

  test("splits a window", async () => {
    for (const [args, incident] of [
      [["--slow", "0.5"], 30],
      [["--slow"], 3],
      [["--errors"], 0],
      [["--attribute", "service.version=2.0"], 30],
    ] as const) {
      const { code, stdout, stderr } = await culprit([
        "explain",
        ...["--window", ALL],
        ...args,
        ...["--json", "--data", data],
      ]);
      assert.equal(code, 0, stderr);
      assert.equal(
        explanation.parse(JSON.parse(stdout)).incident.traceCount,
        incident,
        args.join(),
      );
    }
  });

  test("says in one line what is wrong with the options", async () => {
    for (const [args, message] of [
      [[], /name the groups: --baseline/],
      [["--baseline", BASELINE], /name the groups/],
      [["--baseline", "yesterday", "--incident", INCIDENT], /--baseline takes FROM\.\.TO/],
      [["--baseline", "a..b", "--incident", INCIDENT], /'baseline\[0\]\.from' takes an RFC 3339/],
      [["--baseline", ALL, "--incident", INCIDENT], /overlap/],
      [["--window", ALL], /say what splits the window/],
      [["--slow"], /name the --window/],
      [["--window", ALL, "--slow", "95"], /--slow takes a quantile/],
      [["--window", ALL, "--errors", "--slow"], /one of them/],
      [["--window", ALL, "--attribute", "version"], /--attribute takes KEY=VALUE/],
      [["--window", ALL, "--errors", ...GROUPS], /give --baseline and --incident, or --window/],
      [[...GROUPS, "--query", "colour=red"], /'query' takes service/],
    ] as const) {
      const { code, stderr } = await culprit(["explain", ...args, "--data", data]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    }
  });
});
