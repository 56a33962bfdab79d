import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { startOtlpJsonReceiver } from "../test/otlp-json-receiver.ts";

const run = promisify(execFile);
const packageFolder = resolve(import.meta.dirname, "..");
const root = resolve(packageFolder, "../..");

/** As `npm pack` does it by way of `prepack`, but beside the workspace, which other tests are using. */
async function pack(into: string): Promise<string> {
  const staged = join(into, "staged");
  mkdirSync(staged);
  cpSync(join(packageFolder, "package.json"), join(staged, "package.json"));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  await run(
    process.execPath,
    [tsc, "--project", "tsconfig.build.json", "--outDir", join(staged, "dist")],
    {
      cwd: packageFolder,
    },
  );
  const manifest = join(root, "scripts/published-manifest.ts");
  await run(process.execPath, [manifest, "write", staged]);
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", into], { cwd: staged });
  const tarball = readdirSync(into).find((name) => name.endsWith(".tgz"));
  assert.ok(tarball !== undefined);
  return join(into, tarball);
}

const application = `
import { createServer } from "node:http";
import { setupTracing } from "@culprit/tracing";
const { tracer } = setupTracing("ignored, register was first");
const server = createServer((_request, response) => response.end("ok"));
server.listen(0, "127.0.0.1", async () => {
  await tracer.withSpan("packed", async () => {
    await (await fetch("http://127.0.0.1:" + server.address().port)).text();
  });
  server.close();
});
`;

test("the tarball, installed in an empty folder, traces an application in plain JavaScript", async () => {
  const folder = mkdtempSync(join(tmpdir(), "culprit-packed-"));
  const receiver = await startOtlpJsonReceiver();
  try {
    const tarball = await pack(folder);
    const app = join(folder, "app");
    mkdirSync(app);
    writeFileSync(join(app, "package.json"), '{"name":"packed-app","version":"4.5.6"}');
    writeFileSync(join(app, "app.mjs"), application);
    const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball];
    await run("npm", install, { cwd: app });
    await run(process.execPath, ["--import", "@culprit/tracing/register", "app.mjs"], {
      cwd: app,
      env: {
        PATH: process.env.PATH,
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      },
    });
    const kinds = receiver.spans.map((span) => `${span.kind} ${span.name}`);
    for (const expected of ["INTERNAL packed", "CLIENT GET", "SERVER GET"]) {
      assert.ok(kinds.includes(expected), kinds.join(", "));
    }
    assert.equal(new Set(receiver.spans.map((span) => span.traceId)).size, 1);
    assert.equal(receiver.spans[0]?.service, "packed-app");
    assert.equal(receiver.spans[0]?.resource["service.version"], "4.5.6");
  } finally {
    await receiver.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
