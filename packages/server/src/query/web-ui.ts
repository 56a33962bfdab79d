// The web UI's files. Its pages are paths of the one index.html; its assets carry their hash in their name.

import { existsSync } from "node:fs";
import path from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

const YEAR_SECONDS = 365 * 86_400;

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Culprit</title>
<h1>Culprit is running; its web UI is not built</h1>
<p>Build it with <code>npm run build -w @culprit/web</code> and start again, or name the folder with
<code>culprit serve --ui DIR</code>. The APIs work without it, for example
<a href="/api/culprit/traces">/api/culprit/traces</a>.</p></html>
`;

/** @returns what answers a page's path */
export async function registerWebUi(
  app: FastifyInstance,
  uiDir: string | undefined,
): Promise<(reply: import("fastify").FastifyReply) => unknown> {
  if (uiDir === undefined || !existsSync(path.join(uiDir, "index.html"))) {
    return (reply) => reply.code(503).type("text/html; charset=utf-8").send(NOT_BUILT);
  }
  const assets = path.join(path.resolve(uiDir), "assets") + path.sep;
  await app.register(fastifyStatic, {
    root: path.resolve(uiDir),
    // Only files that exist get a route: every other path is a page.
    wildcard: false,
    cacheControl: false,
    setHeaders: (response, file) => {
      const isHashed = file.startsWith(assets);
      response.header(
        "Cache-Control",
        isHashed ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache",
      );
    },
  });
  return (reply) => reply.sendFile("index.html");
}
