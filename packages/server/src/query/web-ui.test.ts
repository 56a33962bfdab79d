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

/** The shape of a build of Jaeger's UI: a base, placeholders that its server fills in, and files in static/. */
const JAEGER_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <base href="/" data-inject-target="BASE_URL" />
    <link rel="shortcut icon" href="./favicon.ico" />
    <script>
      // JAEGER_CONFIG_JS
      function getJaegerUiConfig() {
        const DEFAULT_CONFIG = null;
        const JAEGER_CONFIG = DEFAULT_CONFIG;
        return JAEGER_CONFIG;
      }
      function getJaegerStorageCapabilities() {
        const DEFAULT_STORAGE_CAPABILITIES = { archiveStorage: false };
        const JAEGER_STORAGE_CAPABILITIES = DEFAULT_STORAGE_CAPABILITIES;
        return JAEGER_STORAGE_CAPABILITIES;
      }
      function getJaegerVersion() {
        const DEFAULT_VERSION = { gitCommit: "", gitVersion: "", buildDate: "" };
        const JAEGER_VERSION = DEFAULT_VERSION;
        return JAEGER_VERSION;
      }
    </script>
    <script type="module" src="./static/index-Cd34.js"></script>
  </head>
  <body><div id="jaeger-ui-root"></div></body>
</html>
`;

test("a build of Jaeger's UI is served in place of ours and told that traces can be archived", async () => {
  const uiDir = await mkdtemp(path.join(tmpdir(), "jaeger-ui-"));
  await mkdir(path.join(uiDir, "static"));
  await writeFile(path.join(uiDir, "index.html"), JAEGER_PAGE);
  await writeFile(path.join(uiDir, "favicon.ico"), "icon");
  await writeFile(path.join(uiDir, "static", "index-Cd34.js"), "export {};");
  const server = await startTestServer({ uiDir });
  const get = (where: string): Promise<Response> => fetch(server.url("query") + where);
  try {
    const pages = [
      "/",
      "/index.html",
      "/search",
      "/search?service=shop&tags=%7B%22a%22%3A%22b%22%7D",
      "/trace/4bf92f3577b34da6a3ce929d0e0e4736",
      "/trace/4bf9...0e0e",
      "/dependencies",
      "/monitor",
    ];
    for (const where of pages) {
      const response = await get(where);
      assert.equal(response.status, 200, where);
      assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
      assert.equal(response.headers.get("cache-control"), "no-cache");
      const page = await response.text();
      assert.ok(page.includes('<base href="/" data-inject-target="BASE_URL" />'));
      const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? "";
      const answers = new Function(
        `${script}; return [getJaegerUiConfig(), getJaegerStorageCapabilities(), getJaegerVersion()];`,
      )();
      assert.deepEqual(answers, [
        null,
        { archiveStorage: true },
        { gitCommit: "", gitVersion: "", buildDate: "" },
      ]);
    }
    const asset = await get("/static/index-Cd34.js");
    assert.equal(asset.status, 200);
    assert.match(asset.headers.get("content-type") ?? "", /javascript/);
    assert.match(asset.headers.get("cache-control") ?? "", /max-age=31536000, immutable/);
    const icon = await get("/favicon.ico");
    assert.equal(icon.headers.get("cache-control"), "no-cache");
    assert.equal(await icon.text(), "icon");
    assert.equal((await get("/static/gone.js")).status, 404);
    const head = await fetch(`${server.url("query")}/search`, { method: "HEAD" });
    assert.equal(head.status, 200);
    for (const where of ["/api/services", "/api/v3/services"]) {
      assert.match((await get(where)).headers.get("content-type") ?? "", /^application\/json/);
    }
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
