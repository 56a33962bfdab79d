// Mistakes on the command line are one clear line, and leave nothing behind.

import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { culprit, FREE_PORTS, serve, temporaryFolder } from "../test/culprit-process.ts";

const SPAN = {
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  spanId: "00f067aa0ba902b7",
  name: "GET /",
  startTimeUnixNano: "1795000000000000000",
  endTimeUnixNano: "1795000000010000000",
};
const ONE_SPAN = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [SPAN] }] }] });

test("reading a folder without a database fails and makes none", async (t) => {
  const folder = await temporaryFolder(t);
  for (const command of ["export", "analyze"]) {
    const { code, stderr } = await culprit([command, "1234", "--data", folder]);
    assert.equal(code, 1);
    assert.match(stderr, /^culprit: .* holds no Culprit database\n$/);
    assert.deepEqual(readdirSync(folder), []);
  }
});

test("files that are missing or unreadable leave no new database", async (t) => {
  const folder = await temporaryFolder(t);
  const data = path.join(folder, "new");
  const good = path.join(folder, "good.json");
  const bad = path.join(folder, "bad.json");
  await writeFile(good, ONE_SPAN);
  await writeFile(bad, "{nope");
  for (const files of [["missing.json"], [good, "missing.json"], [bad]]) {
    const { code, stderr } = await culprit(["import", ...files, "--data", data]);
    assert.equal(code, 1);
    assert.match(stderr, /^culprit: (there is no file missing.json|.*bad.json.*)\n$/);
    assert.ok(!existsSync(data), files.join());
  }
  assert.equal((await culprit(["import", good, "--data", data])).code, 0);
});

test("addresses that cannot be a server's are told as such", async (t) => {
  const file = path.join(await temporaryFolder(t), "good.json");
  await writeFile(file, ONE_SPAN);
  for (const [to, expected, message] of [
    [
      "127.0.0.1:1",
      1,
      /http:\/\/127.0.0.1:1\/v1\/traces: HTTP clients do not connect to this port/,
    ],
    ["127.0.0.1:99999", 2, /"127.0.0.1:99999" is not an http address such as http:/],
    ["ftp://127.0.0.1", 2, /"ftp:\/\/127.0.0.1" is not an http address/],
  ] as const) {
    const { code, stderr } = await culprit(["import", file, "--to", to]);
    assert.equal(code, expected, stderr);
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  }
});

test("an empty variable is an unset one", async (t) => {
  const cwd = await temporaryFolder(t);
  const env = {
    CULPRIT_DATA: "",
    CULPRIT_HOST: "",
    CULPRIT_RETENTION: "",
    CULPRIT_UI: "",
    CULPRIT_CLICKHOUSE: "",
    CULPRIT_QUERY_PORT: "",
  };
  const server = await serve(t, FREE_PORTS, { cwd, env });
  assert.match(server.ready, /query=127\.0\.0\.1:/);
  assert.equal((await server.end("SIGTERM")).code, 0);
  assert.ok(existsSync(path.join(cwd, "data", "engine")));
  const url = { ...env, CULPRIT_URL: "" };
  const { code, stderr } = await culprit(["export", "1234", "--data", "data"], { cwd, env: url });
  assert.equal(code, 1);
  assert.match(stderr, /not stored/);
});

test("a report of one span of one service says so", async () => {
  const { code, stdout } = await culprit(["analyze", "-"], { input: ONE_SPAN });
  assert.equal(code, 0);
  assert.match(stdout, /\(1 span, 1 service, 0 with status ERROR\)/);
});
