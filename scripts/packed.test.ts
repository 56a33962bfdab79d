// What is published works where nothing else is: both tarballs, installed in an empty folder, an application traced by
// the one and its trace kept, shown and judged by the other.

import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { status, traceList, verdict } from "@culprit/api";
import { DOORS, doorFlag } from "@culprit/server";

const run = promisify(execFile);
const repository = path.join(import.meta.dirname, "..");

const APPLICATION = `
import { createServer } from "node:http";
import { setupTracing } from "@culprit/tracing";
const { tracer } = setupTracing("shop");
const server = createServer((_request, response) => response.end("ok"));
server.listen(0, "127.0.0.1", async () => {
  await tracer.withSpan("order", { "app.order_id": "ORD-1" }, async () => {
    await (await fetch("http://127.0.0.1:" + server.address().port + "/pay")).text();
  });
  server.close();
});
`;

test("the tarballs of @culprit/tracing and of the command work in an empty folder", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "culprit-packed-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const app = path.join(folder, "app");
  await mkdir(app);

  const rooms = ["-w", "@culprit/tracing", "-w", "@culprit/cli"];
  await run("npm", ["pack", "--silent", ...rooms, "--pack-destination", folder], {
    cwd: repository,
  });
  const tarballs = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  assert.equal(tarballs.length, 2);

  await writeFile(path.join(app, "package.json"), '{"name":"empty-folder"}');
  await writeFile(path.join(app, "app.mjs"), APPLICATION);
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--silent"];
  await run("npm", ["install", ...quiet, ...tarballs.map((name) => path.join(folder, name))], {
    cwd: app,
  });
  const installed = await readdir(path.join(app, "node_modules/@culprit"));
  assert.deepEqual(installed.sort(), ["cli", "tracing"], "our rooms are in the bundle");

  const environment = {
    PATH: `${path.dirname(process.execPath)}:${process.env["PATH"]}`,
    HOME: folder,
  };
  const command = path.join(app, "node_modules/.bin/culprit");
  const ports = ["--verdict-after=1s", ...DOORS.map(({ name }) => `${doorFlag(name)}=0`)];
  const server = spawn(command, ["serve", ...ports], { cwd: app, env: environment });
  t.after(() => server.kill("SIGKILL"));
  const ready = await readyLine(server);
  const query = `http://${/query=(\S+)/.exec(ready)?.[1]}`;

  await run(process.execPath, ["--import", "@culprit/tracing/register", "app.mjs"], {
    cwd: app,
    env: {
      ...environment,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${/otlp-http=(\S+)/.exec(ready)?.[1]}`,
    },
  });

  const listed = await (await fetch(`${query}/api/culprit/traces`)).json();
  const [trace] = traceList.parse(listed).traces;
  assert.equal(trace?.root.operation, "order");
  const { stdout } = await run(command, ["analyze", trace.traceId, "--json", "--url", query], {
    cwd: app,
    env: environment,
  });
  assert.equal(verdict.parse(JSON.parse(stdout)).spanCount, trace.spanCount);

  // The thread that judges is a file of its own in the package.
  const judged = async (): Promise<number> => {
    const answer = await (await fetch(`${query}/api/culprit/status`)).json();
    return status.parse(answer).verdicts.judgedTraces;
  };
  for (let i = 0; i < 600 && (await judged()) === 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const byVerdict = await (await fetch(`${query}/api/culprit/traces?finding=bottleneck`)).json();
  assert.deepEqual(
    traceList.parse(byVerdict).traces.map(({ traceId }) => traceId),
    [trace.traceId],
  );

  const page = await fetch(`${query}/trace/${trace.traceId}`);
  assert.equal(page.status, 200);
  const built = await readFile(path.join(repository, "packages/web/dist/index.html"), "utf8");
  assert.equal(await page.text(), built);

  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  assert.equal(await ended, 0);
});

function readyLine(server: ChildProcess): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    server.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (/^ready .*\n/m.test(text)) resolve(text);
    });
    server.stderr?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    server.once("exit", (code) => reject(new Error(`serve ended with ${code}: ${text}`)));
  });
}
