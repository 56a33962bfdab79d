import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { verdict } from "@culprit/api";
import { type Span, SpanCollector } from "@culprit/trace-model";
import { decodeFile, encodeOtlpJson } from "@culprit/wire";
import {
  culprit,
  type Finished,
  FREE_PORTS,
  REPOSITORY,
  serve,
  temporaryFolder,
} from "../test/culprit-process.ts";

const FIXTURES = path.join(REPOSITORY, "../shared/fixtures");
const SKIP = existsSync(FIXTURES) ? false : "the fixtures (shared/fixtures) are not here";
const RECORDED = path.join(FIXTURES, "jaeger-recorded/otlp-in.json");
const CAPTURED = path.join(FIXTURES, "wire");
const SOCIAL_NETWORK = path.join(FIXTURES, "traces/deathstarbench-social-network-20x33.json");

function spansOf(bytes: Uint8Array | string): Span[] {
  const collector = new SpanCollector();
  decodeFile(Buffer.from(bytes), collector);
  return collector.spans;
}

/** As a multiset, whatever the grouping. */
function asSet(spans: readonly Span[]): string[] {
  return spans.map((span) => encodeOtlpJson([span])).sort();
}

function traceIdsOf(spans: readonly Span[]): string[] {
  return [...new Set(spans.map((span) => span.traceId))];
}

function isDone({ code, stderr }: Finished): void {
  assert.equal(code, 0, stderr);
}

describe("import and export", { skip: SKIP }, () => {
  test("what is imported into a folder is exported the same", async (t) => {
    const data = await temporaryFolder(t);
    const imported = await culprit(["import", RECORDED, "--data", data]);
    isDone(imported);
    assert.match(imported.stderr, /imported 28 spans from 1 file/);
    const before = spansOf(readFileSync(RECORDED));
    const exported = await culprit(["export", ...traceIdsOf(before), "--data", data]);
    isDone(exported);
    assert.deepEqual(asSet(spansOf(exported.stdout)), asSet(before));
    assert.equal(exported.stdout.trimEnd().split("\n").length, traceIdsOf(before).length);
  });

  test("the same through a running server, found by the environment, with verdicts", async (t) => {
    const server = await serve(t, ["--data", await temporaryFolder(t), ...FREE_PORTS]);
    const url = server.url("query");
    isDone(await culprit(["import", RECORDED, SOCIAL_NETWORK, "--to", url]));
    const before = spansOf(readFileSync(RECORDED));
    const exported = await culprit(["export", ...traceIdsOf(before), "--url", url]);
    assert.deepEqual(asSet(spansOf(exported.stdout)), asSet(before));

    const [first] = spansOf(readFileSync(SOCIAL_NETWORK));
    const env = { CULPRIT_QUERY_PORT: new URL(url).port };
    const analyzed = await culprit(["analyze", first?.traceId ?? "", "--json"], { env });
    isDone(analyzed);
    assert.equal(verdict.parse(JSON.parse(analyzed.stdout)).spanCount, 33);
    const report = await culprit(["analyze", first?.traceId ?? ""], { env });
    isDone(report);
    assert.match(report.stdout, /Total|total/);
  });

  test("what Jaeger's clients send can be imported from files", async (t) => {
    const data = await temporaryFolder(t);
    const files = readdirSync(CAPTURED)
      .filter((name) => name.endsWith(".bin"))
      .map((name) => path.join(CAPTURED, name));
    const imported = await culprit(["import", ...files, "--data", data]);
    isDone(imported);
    assert.match(imported.stderr, /imported 8 spans from 5 files/);
    const traceId = "524db2d3260d1c003f1094112620ffb3";
    const { stdout } = await culprit(["export", traceId, "--data", data]);
    const names = spansOf(stdout).map(({ name }) => name);
    assert.deepEqual([...new Set(names)].sort(), ["process_order", "validate_order"]);
  });

  test("every format that is exported can be imported", async (t) => {
    const data = await temporaryFolder(t);
    isDone(await culprit(["import", SOCIAL_NETWORK, "--data", data]));
    const ids = traceIdsOf(spansOf(readFileSync(SOCIAL_NETWORK))).slice(0, 2);
    for (const format of ["otlp", "jaeger", "zipkin"]) {
      const { stdout, code } = await culprit([
        "export",
        ...ids,
        "--format",
        format,
        "--data",
        data,
      ]);
      assert.equal(code, 0);
      const spans = spansOf(stdout);
      assert.equal(spans.length, 66, format);
      assert.deepEqual(traceIdsOf(spans), ids);
    }
  });

  test("an unknown trace is told with exit code 1, after the others were printed", async (t) => {
    const data = await temporaryFolder(t);
    isDone(await culprit(["import", RECORDED, "--data", data]));
    const known = "5eed0a11000000000000000000000001";
    const { code, stdout, stderr } = await culprit(["export", "abc", known, "--data", data]);
    assert.equal(code, 1);
    assert.match(stderr, /not stored: 0{29}abc/);
    assert.equal(traceIdsOf(spansOf(stdout))[0], known);
    assert.equal((await culprit(["export", "xyz", "--data", data])).code, 2);
    assert.equal((await culprit(["export", known, "--format", "xml", "--data", data])).code, 2);
  });

  test("lines are read piece by piece, and a damaged one is left out with a warning", async (t) => {
    const folder = await temporaryFolder(t);
    const [span] = spansOf(readFileSync(RECORDED));
    assert.ok(span !== undefined);
    const padding = "x".repeat(20_000);
    const line = (n: number): string =>
      encodeOtlpJson([
        {
          ...span,
          traceId: n.toString(16).padStart(32, "0"),
          attributes: new Map([["padding", padding]]),
        },
      ]);
    const lines = Array.from({ length: 2000 }, (_, n) => line(n + 1));
    lines[1500] = `${lines[1500]?.slice(0, 100)}`;
    // 40 MB: three pieces.
    const file = path.join(folder, "spans.jsonl");
    await writeFile(file, lines.join("\n"));
    const { code, stderr } = await culprit(["import", file, "--data", path.join(folder, "data")]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /1 line could not be read/);
    assert.match(stderr, /imported 1999 spans/);
  });
});
