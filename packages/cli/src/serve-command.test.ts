import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import path from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { DOORS, doorFlags } from "@culprit/server";
import {
  culprit,
  FREE_PORTS,
  REPOSITORY,
  serve,
  temporaryFolder,
} from "../test/culprit-process.ts";

test("serve says where its doors are, answers, and ends with 0 on SIGTERM", async (t) => {
  const data = await temporaryFolder(t);
  const server = await serve(t, ["--data", data, ...FREE_PORTS]);
  assert.match(server.ready, /^ready query=127\.0\.0\.1:\d+(?: [a-z-]+=127\.0\.0\.1:\d+)+$/);
  assert.equal((await fetch(`${server.url("query")}/healthz`)).status, 200);
  const { code, stdout, stderr } = await server.end("SIGTERM");
  assert.equal(code, 0);
  assert.equal(stdout, `${server.ready}\n`, "one line and nothing else");
  assert.equal(stderr, "");
});

test("Ctrl-C ends it with 0, too", async (t) => {
  const server = await serve(t, ["--data", await temporaryFolder(t), ...FREE_PORTS]);
  assert.equal((await server.end("SIGINT")).code, 0);
});

test("as an npm script it ends with 0 on SIGTERM", async (t) => {
  const command = ["npm", "run", "-s", "culprit", "--"];
  const server = await serve(t, ["--data", await temporaryFolder(t), ...FREE_PORTS], { command });
  assert.equal((await server.end("SIGTERM")).code, 0);
});

test("a port in use is one line that names port and flag, and exit code 1", async (t) => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
  t.after(() => blocker.close());
  const { port } = blocker.address() as AddressInfo;
  const packetBlocker = createSocket("udp4");
  await new Promise<void>((resolve) => packetBlocker.bind(port, "127.0.0.1", resolve));
  t.after(() => packetBlocker.close());
  for (const { name: door } of DOORS) {
    const others = FREE_PORTS.filter((flag) => !flag.startsWith(`--${door}-port`));
    const data = await temporaryFolder(t);
    const { code, stdout, stderr } = await culprit([
      "serve",
      "--data",
      data,
      ...others,
      `--${door}-port=${port}`,
    ]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    assert.match(
      stderr,
      new RegExp(`127\\.0\\.0\\.1:${port} \\(${door}\\) is in use.*--${door}-port`),
    );
  }
});

test("every option is accepted, and off closes a door", async (t) => {
  const server = await serve(t, [
    ...["--data", await temporaryFolder(t), "--host", "127.0.0.1", "--retention", "7d"],
    ...doorFlags({ query: 0, "otlp-http": 0 }),
  ]);
  assert.match(server.ready, /^ready query=\S+ otlp-http=\S+$/);
  assert.equal((await server.end("SIGTERM")).code, 0);
});

test("options come from the environment, too, and the command line wins", async (t) => {
  const env = {
    CULPRIT_DATA: await temporaryFolder(t),
    ...Object.fromEntries(
      DOORS.map(({ name }) => [`CULPRIT_${name.replaceAll("-", "_").toUpperCase()}_PORT`, "off"]),
    ),
    CULPRIT_OTLP_HTTP_PORT: "0",
  };
  const server = await serve(t, ["--query-port=0"], { env });
  assert.match(server.ready, /^ready query=\S+ otlp-http=\S+$/);
  assert.equal((await server.end("SIGTERM")).code, 0);
});

test("a folder that another server holds is one clear line", async (t) => {
  const data = await temporaryFolder(t);
  const first = await serve(t, ["--data", data, ...FREE_PORTS]);
  const { code, stderr } = await culprit(["serve", "--data", data, ...FREE_PORTS]);
  assert.equal(code, 1);
  // The engine itself prints a line before ours.
  const ours = stderr.split("\n").filter((line) => line.startsWith("culprit: "));
  assert.equal(ours.length, 1, stderr);
  assert.match(ours[0] ?? "", /another process holds it/);
  assert.ok(ours[0]?.includes(data));
  assert.equal((await fetch(`${first.url("query")}/healthz`)).status, 200);
});

test("pages of the given origins may send spans, and no others", async (t) => {
  const doors = doorFlags({ "otlp-http": 0, zipkin: 0 });
  const data = ["--data", await temporaryFolder(t)];
  const env = { CULPRIT_CORS_ORIGIN: "https://shop.example, http://localhost:3000" };
  const server = await serve(t, [...data, ...doors], { env });
  for (const [door, path] of [
    ["otlp-http", "/v1/traces"],
    ["zipkin", "/api/v2/spans"],
  ] as const) {
    for (const [origin, isAllowed] of [
      ["https://shop.example", true],
      ["http://localhost:3000", true],
      ["https://other.example", false],
    ] as const) {
      const { status, headers } = await fetch(`${server.url(door)}${path}`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      });
      assert.equal(status, isAllowed ? 204 : 405);
      assert.equal(headers.get("access-control-allow-origin"), isAllowed ? origin : null);
    }
  }
  assert.equal((await server.end("SIGTERM")).code, 0);
});

test("sampling strategies come from a file, and from its next version", async (t) => {
  const folder = await temporaryFolder(t);
  const file = path.join(folder, "strategies.json");
  const strategy = (param: unknown) =>
    writeFile(file, JSON.stringify({ default_strategy: { type: "probabilistic", param } }));
  await strategy(0.5);
  const doors = doorFlags({ sampling: 0 });
  const data = path.join(folder, "data");
  const server = await serve(t, ["--data", data, ...doors, "--sampling-strategies", file]);
  const rateIs = async (samplingRate: number) => {
    const answer = await fetch(`${server.url("sampling")}/sampling?service=any`);
    const { probabilisticSampling } = (await answer.json()) as {
      probabilisticSampling: { samplingRate: number };
    };
    return probabilisticSampling.samplingRate === samplingRate;
  };
  assert.ok(await rateIs(0.5));
  await strategy(0.25);
  while (!(await rateIs(0.25))) await setTimeout(20);
  await strategy("much");
  while (!server.stderr().includes("\n")) await setTimeout(20);
  assert.ok(await rateIs(0.25));
  const { code, stderr } = await server.end("SIGTERM");
  assert.equal(code, 0);
  assert.match(
    stderr,
    /^sampling strategies in .*: default_strategy\.param: .* found "much"; .*\n$/,
  );
});

test("bad sampling strategies at the start are one clear line, and exit code 1", async (t) => {
  const folder = await temporaryFolder(t);
  const file = path.join(folder, "strategies.json");
  for (const content of [undefined, "{", '{"default_strategy":{"type":"sometimes"}}']) {
    if (content !== undefined) await writeFile(file, content);
    const args = ["serve", "--data", path.join(folder, "data"), ...FREE_PORTS];
    const { code, stderr } = await culprit([...args, "--sampling-strategies", file]);
    assert.equal(code, 1);
    assert.match(stderr, /^culprit: sampling strategies in .*strategies\.json: .*\n$/);
  }
});

test("wrong usage is exit code 2", async () => {
  for (const args of [
    ["serve", "--query-port=99999"],
    ["serve", "--query-port=http"],
    ["serve", "--retention=soon"],
    ["serve", "--verdict-after=soon"],
    ["serve", "--verdict-after=0.2s"],
    ["serve", "--cors-origin=shop.example"],
    ["serve", "--cors-origin=https://shop.example/"],
    ["serve", "--nope"],
    ["serve", "--clickhouse=http://localhost:8123"],
    ["nope"],
  ]) {
    const { code, stderr } = await culprit(args);
    assert.equal(code, 2, args.join(" "));
    assert.notEqual(stderr, "");
  }
});

test("help teaches with examples and ends with 0", async () => {
  for (const command of [[], ["serve"], ["analyze"], ["import"], ["export"]]) {
    const { code, stdout } = await culprit([...command, "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /\$ culprit /);
  }
  const { code, stdout } = await culprit(["--version"]);
  assert.equal(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

test("the default data folder lies where the command is run", async (t) => {
  const cwd = await temporaryFolder(t);
  const server = await serve(t, FREE_PORTS, { cwd });
  assert.equal((await server.end("SIGTERM")).code, 0);
  const { code } = await culprit(["export", "1234", "--data", path.join(cwd, "data")], {
    cwd: REPOSITORY,
  });
  assert.equal(code, 1, "an empty store opens; the trace is not in it");
});
