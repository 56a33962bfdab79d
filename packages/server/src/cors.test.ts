import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { type Reply, sendHttp } from "../test/send-http.ts";
import { withCors } from "./cors.ts";
import { newHttpServer } from "./http-door.ts";

const SHOP = "https://shop.example";

/** A door that answers 503 to whatever it is asked. */
async function doorFor(t: TestContext, origins: readonly string[]): Promise<Ask> {
  const server = newHttpServer(
    withCors(origins, (_request, response) => {
      response.writeHead(503, { "Retry-After": "1" }).end();
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return (method, headers) => sendHttp(port, { method, headers, path: "/v1/traces" });
}

type Ask = (method: string, headers: Record<string, string>) => Promise<Reply>;

const preflight = (origin: string) => ({
  origin,
  "access-control-request-method": "POST",
  "access-control-request-headers": "content-type,x-tenant",
});

test("a browser is told that the page may post, with whatever headers", async (t) => {
  const ask = await doorFor(t, ["https://other.example", SHOP]);
  const { status, headers, body } = await ask("OPTIONS", preflight(SHOP));
  assert.equal(status, 204);
  assert.equal(body.length, 0);
  assert.equal(headers["access-control-allow-origin"], SHOP);
  assert.equal(headers["access-control-allow-credentials"], "true");
  assert.equal(headers["access-control-allow-methods"], "POST");
  assert.equal(headers["access-control-allow-headers"], "content-type,x-tenant");
  assert.ok(Number(headers["access-control-max-age"]) > 0);
  assert.equal(headers.vary, "Origin");
});

test("every answer to the page names it, refusals too", async (t) => {
  const ask = await doorFor(t, [SHOP]);
  const { status, headers } = await ask("POST", { origin: SHOP });
  assert.equal(status, 503);
  assert.equal(headers["access-control-allow-origin"], SHOP);
  assert.equal(headers["access-control-expose-headers"], "Retry-After");
  assert.equal(headers["retry-after"], "1");
});

test("any page may where * is given, without credentials", async (t) => {
  const ask = await doorFor(t, ["*"]);
  for (const [method, headers] of [
    ["OPTIONS", preflight(SHOP)],
    ["POST", { origin: "null" }],
  ] as const) {
    const reply = await ask(method, headers);
    assert.equal(reply.headers["access-control-allow-origin"], "*");
    assert.equal(reply.headers["access-control-allow-credentials"], undefined);
    assert.equal(reply.headers.vary, undefined);
  }
});

test("other pages, and what is no page, are answered as if there were none", async (t) => {
  const ask = await doorFor(t, [SHOP]);
  for (const headers of [preflight("https://shop.example.evil"), preflight(`${SHOP}:8443`), {}]) {
    const reply = await ask("OPTIONS", headers);
    assert.equal(reply.status, 503);
    assert.equal(reply.headers["access-control-allow-origin"], undefined);
  }
  assert.equal((await ask("OPTIONS", { origin: SHOP })).status, 503, "no preflight");
});

test("nothing is allowed by default", async (t) => {
  const ask = await doorFor(t, []);
  const { status, headers } = await ask("OPTIONS", preflight(SHOP));
  assert.equal(status, 503);
  assert.deepEqual(
    Object.keys(headers).filter((name) => /access-control|vary/.test(name)),
    [],
  );
});
