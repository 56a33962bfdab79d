import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { profile } from "@culprit/api";
import { culprit, FREE_PORTS, serve, temporaryFolder } from "../test/culprit-process.ts";

const START = BigInt(Date.parse("2026-11-22T10:00:00Z")) * 1_000_000n;
const WINDOW = ["--from", "2026-11-22T10:00:00Z", "--to", "2026-11-22T11:00:00Z"];
const MS = 1_000_000n;

/** A root of 10 ms and more with a query of 8 ms in another service. */
function trace(n: number): object[] {
  const traceId = n.toString(16).padStart(32, "c");
  const start = START + BigInt(n) * 1000n * MS;
  const span = (fields: { readonly service: string; readonly spanId: string }, end: bigint) => {
    const { service, ...rest } = fields;
    const times = { startTimeUnixNano: String(start), endTimeUnixNano: String(start + end) };
    const attributes = [{ key: "service.name", value: { stringValue: service } }];
    return {
      resource: { attributes },
      scopeSpans: [{ spans: [{ traceId, ...rest, ...times }] }],
    };
  };
  const root = { service: "shop", spanId: "1".repeat(16), name: "GET /" };
  const query = { service: "db", spanId: "2".repeat(16), name: "SELECT 1; --" };
  return [
    span(root, BigInt(10 + n) * MS),
    span({ ...query, parentSpanId: "1".repeat(16) } as typeof query, 8n * MS),
  ];
}

const TRACES = JSON.stringify({
  resourceSpans: Array.from({ length: 10 }, (_, n) => trace(n)).flat(),
});

test("a profile of a folder and of a server is the same, as table, JSON and folded stacks", async (t) => {
  const folder = await temporaryFolder(t);
  const data = path.join(folder, "data");
  const file = path.join(folder, "traces.json");
  await writeFile(file, TRACES);
  assert.equal((await culprit(["import", file, "--data", data])).code, 0);

  const ask = (place: readonly string[], ...more: string[]) =>
    culprit(["profile", ...WINDOW, ...place, ...more]);
  const answers = async (place: readonly string[]): Promise<string[]> => {
    const all: string[] = [];
    for (const form of [[], ["--json"], ["--folded"], ["--folded", "--band", "90-99"]]) {
      const { code, stdout, stderr } = await ask(place, ...form);
      assert.equal(code, 0, stderr);
      assert.equal(stderr, "");
      all.push(stdout);
    }
    return all;
  };
  const ofFolder = await answers(["--data", data]);
  const [table = "", json = "", folded, worst] = ofFolder;
  assert.match(table, /^Profile of 10 traces, 2026-11-22T10:00:00Z to 2026-11-22T11:00:00Z\n/);
  assert.match(table, /\n {3}55 % .* 8\.00 ms a trace {2}db \/ SELECT 1; --\n/);
  assert.match(table, /p90 to p99: 1 trace of 19\.0 ms\n/);
  const { bands, traceCount } = profile.parse(JSON.parse(json));
  assert.equal(traceCount, 10);
  assert.deepEqual(
    bands.map((band) => band.traceCount),
    [5, 4, 1, 0],
  );
  assert.equal(folded, "shop GET / 65000000\nshop GET /;db SELECT 1, -- 80000000\n");
  assert.equal(worst, "shop GET / 11000000\nshop GET /;db SELECT 1, -- 8000000\n");

  const none = await ask(["--data", data], "--json", "--query", "service=nobody");
  assert.equal(profile.parse(JSON.parse(none.stdout)).traceCount, 0);
  const long = await ask(["--data", data], "--json", "--query", "service=shop&minDuration=18ms");
  assert.equal(profile.parse(JSON.parse(long.stdout)).traceCount, 2);

  const server = await serve(t, ["--data", data, ...FREE_PORTS]);
  assert.deepEqual(await answers(["--url", server.url("query")]), ofFolder);
  assert.equal((await server.end("SIGTERM")).code, 0);
});

test("mistakes are told before anything is opened", async () => {
  const window = ["--from", "2026-11-22T10:00:00Z", "--to", "2026-11-22T11:00:00Z"];
  const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /required option '--from <time>' not specified/],
    [["--from", "yesterday", "--to", "now"], /'from' is not "yesterday": it takes a time such as/],
    [["--from", window[3] ?? "", "--to", window[1] ?? ""], /'to' is later than 'from'/],
    [[...window, "--query", "minDuration=5"], /'minDuration': missing unit/],
    [[...window, "--query", "finding=luck"], /'finding' is one of bottleneck, /],
    [[...window, "--query", "servcie=shop"], /takes from, to and the conditions .*not "servcie"/],
    [[...window, "--query", "service=shop&lookback=1h"], /not "lookback"/],
    [[...window, "--band", "99-100"], /--band goes with --folded/],
    [[...window, "--folded", "--band", "0-100"], /'band' is one of 0-50, 50-90, 90-99, 99-100/],
    [[...window, "--folded", "--json"], /cannot be used with option/],
  ];
  for (const [args, message] of mistakes) {
    const { code, stderr } = await culprit(["profile", ...args, "--data", "/nowhere"]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  }
});
