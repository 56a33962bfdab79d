import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { type Verdict, verdict } from "@culprit/api";
import { culprit, REPOSITORY, temporaryFolder } from "../test/culprit-process.ts";

const FIXTURES = path.join(REPOSITORY, "../shared/fixtures");
const SKIP = existsSync(FIXTURES) ? false : "the fixtures (shared/fixtures) are not here";
const SOCIAL_NETWORK = path.join(FIXTURES, "traces/deathstarbench-social-network-20x33.json");

function verdictsOf(stdout: string): Verdict[] {
  const lines = stdout.trimEnd().split("\n");
  return lines.map((line) => verdict.parse(JSON.parse(line)));
}

describe("analyze", { skip: SKIP }, () => {
  test("a file of 20 traces gives 20 documents whose critical paths sum exactly", async () => {
    const { code, stdout, stderr } = await culprit(["analyze", SOCIAL_NETWORK, "--json"]);
    assert.equal(code, 0, stderr);
    const verdicts = verdictsOf(stdout);
    assert.equal(verdicts.length, 20);
    for (const { criticalPath, durationNanos, spanCount } of verdicts) {
      assert.equal(spanCount, 33);
      const sum = criticalPath.reduce(
        (total, section) => total + BigInt(section.endUnixNano) - BigInt(section.startUnixNano),
        0n,
      );
      assert.equal(sum, BigInt(durationNanos));
    }
  });

  test("gzipped, on standard input, or both: the same", async (t) => {
    const { stdout } = await culprit(["analyze", SOCIAL_NETWORK, "--json"]);
    const bytes = readFileSync(SOCIAL_NETWORK);
    const folder = await temporaryFolder(t);
    const { writeFile } = await import("node:fs/promises");
    const packed = path.join(folder, "traces.json.gz");
    await writeFile(packed, gzipSync(bytes));
    assert.equal((await culprit(["analyze", packed, "--json"])).stdout, stdout);
    for (const input of [bytes, gzipSync(bytes)]) {
      assert.equal((await culprit(["analyze", "-", "--json"], { input })).stdout, stdout);
    }
  });

  test("the report has no colour where no terminal reads it", async () => {
    const { code, stdout } = await culprit(["analyze", SOCIAL_NETWORK]);
    assert.equal(code, 0);
    assert.ok(!stdout.includes("\u001b"));
    assert.match(stdout, /compose/i);
  });

  test("a file's name is taken from the folder of the caller", async (t) => {
    const cwd = await temporaryFolder(t);
    await copyFile(SOCIAL_NETWORK, path.join(cwd, "t.json"));
    assert.equal((await culprit(["analyze", "t.json", "--json"], { cwd })).code, 0);
    const env = { npm_lifecycle_event: "culprit", INIT_CWD: cwd };
    assert.equal((await culprit(["analyze", "t.json", "--json"], { env })).code, 0);
  });
});

test("each trace of a file is judged by what the others tell", async () => {
  const trace = (traceID: string, answered: boolean) => {
    const span = (spanID: string, processID: string, kind: string, target = "") => ({
      traceID,
      spanID,
      operationName: kind,
      references: spanID === "1" ? [] : [{ refType: "CHILD_OF", traceID, spanID: "1" }],
      startTime: 1_700_000_000_000_000,
      duration: 1000,
      processID,
      tags: [
        { key: "span.kind", type: "string", value: kind },
        ...(target === "" ? [] : [{ key: "peer.service", type: "string", value: target }]),
      ],
    });
    const spans = [span("1", "p1", "client", "stock:80"), span("2", "p2", "server")];
    const processes = { p1: { serviceName: "web" }, p2: { serviceName: "stock" } };
    return { traceID, spans: answered ? spans : spans.slice(0, 1), processes };
  };
  const kindsOf = async (...data: readonly object[]): Promise<string[][]> => {
    const input = Buffer.from(JSON.stringify({ data }));
    const { code, stdout, stderr } = await culprit(["analyze", "-", "--json"], { input });
    assert.equal(code, 0, stderr);
    return verdictsOf(stdout).map(({ findings }) => findings.map(({ kind }) => kind));
  };
  const silent = trace("b", false);
  assert.deepEqual(await kindsOf(silent), [["bottleneck"]]);
  assert.deepEqual(await kindsOf(silent, trace("a", true)), [
    ["bottleneck", "missing-instrumentation"],
    ["bottleneck"],
  ]);
});

test("a reader that stops early is no error", async (t) => {
  const cwd = await temporaryFolder(t);
  const { spawnSync } = await import("node:child_process");
  const { writeFile } = await import("node:fs/promises");
  // A thousand traces are more than a pipe holds.
  const line = (n: number): string =>
    JSON.stringify({
      traceId: n.toString(16).padStart(32, "0"),
      id: "00000000000000ab",
      name: "a".repeat(200),
      timestamp: 1_795_000_000_000_000,
      duration: 10,
    });
  const spans = Array.from({ length: 1000 }, (_, n) => line(n + 1));
  await writeFile(path.join(cwd, "zipkin.json"), `[${spans.join(",")}]`);
  const command = path.join(REPOSITORY, "packages/cli/bin/culprit.js");
  const script = `"${process.execPath}" "${command}" analyze zipkin.json --json | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script], { cwd, encoding: "utf8" });
  assert.equal(stderr, "");
  const [document = "", code] = stdout.trimEnd().split("\n");
  verdict.parse(JSON.parse(document));
  assert.equal(code, "0");
});

test("what cannot be analysed is one clear line", async (t) => {
  const cwd = await temporaryFolder(t);
  const { writeFile } = await import("node:fs/promises");
  await writeFile(path.join(cwd, "notes.txt"), "these are not traces");
  await writeFile(path.join(cwd, "empty.json"), '{"resourceSpans":[]}');
  await writeFile(path.join(cwd, "cut.gz"), gzipSync("x".repeat(1000)).subarray(0, 20));
  const env = { CULPRIT_QUERY_PORT: "1" };
  const cases: readonly (readonly [args: string[], code: number, message: RegExp])[] = [
    [["notes.txt"], 1, /notes\.txt: not a known format/],
    [["empty.json"], 1, /empty\.json holds no spans/],
    [["cut.gz"], 1, /cut\.gz: /],
    [["nowhere.json"], 2, /neither a file nor a trace id/],
    [["4bf92f3577b34da6a3ce929d0e0e4736"], 1, /no Culprit answers.*culprit serve/],
    [["4bf92f35", "--data", "nowhere"], 1, /there is no folder/],
    [["4bf92f35", "--url", "127.0.0.1:1"], 1, /no Culprit answers at http:\/\/127\.0\.0\.1:1/],
    [["4bf92f35", "--overlap-tolerance", "2"], 2, /from 0 to below 1/],
    [[], 2, /missing required argument/],
  ];
  for (const [args, code, message] of cases) {
    const run = await culprit(["analyze", ...args], { cwd, env });
    assert.equal(run.code, code, `${args}: ${run.stderr}`);
    assert.match(run.stderr, message);
    assert.equal(run.stdout, "");
    assert.ok(!run.stderr.includes("    at "), run.stderr);
  }
});
