import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { startTestServer } from "../../test/running-server.ts";

test("pages are index.html, assets are kept for ever, API paths are neither", async () => {
  const uiDir = await mkdtemp(path.join(tmpdir(), "culprit-ui-"));
  await mkdir(path.join(uiDir, "assets"));
  await writeFile(path.join(uiDir, "index.html"), "<!doctype html><title>the page</title>");
  await writeFile(path.join(uiDir, "assets", "index-Ab12.js"), "export {};");
  const server = await startTestServer({ uiDir });
  const get = (where: string): Promise<Response> => fetch(server.url("query") + where);
  try {
    for (const where of ["/", "/trace/4bf92f3577b34da6a3ce929d0e0e4736", "/?service=a&tag=b:c"]) {
      const page = await get(where);
      assert.equal(page.status, 200, where);
      assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
      assert.equal(page.headers.get("cache-control"), "no-cache");
      assert.match(await page.text(), /the page/);
    }
    const asset = await get("/assets/index-Ab12.js");
    assert.equal(asset.status, 200);
    assert.match(asset.headers.get("content-type") ?? "", /javascript/);
    assert.match(asset.headers.get("cache-control") ?? "", /max-age=31536000, immutable/);
    assert.equal((await get("/assets/gone.js")).status, 404);
    assert.equal((await get("/api/nope")).status, 404);
    assert.equal(
      (await get("/../../package.json")).headers.get("content-type"),
      "text/html; charset=utf-8",
    );
  } finally {
    await server.close();
    await rm(uiDir, { recursive: true });
  }
});

test("without a built UI the page says how to build it", async () => {
  const server = await startTestServer();
  try {
    const page = await fetch(server.url("query"));
    assert.equal(page.status, 503);
    assert.match(await page.text(), /npm run build/);
  } finally {
    await server.close();
  }
});
