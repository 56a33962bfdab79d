// The web UI's files, ours or another's. Its pages are paths of the one index.html; its assets carry their hash in their
// name: ours lie in assets/, those of a build of Jaeger's UI in static/.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

const YEAR_SECONDS = 365 * 86_400;

/** Folders in which a file never changes under its name; a file that is not there is no page. */
export const HASHED_FOLDERS: readonly string[] = ["assets", "static"];

/** As Jaeger names them. */
const CAPABILITIES = { archiveStorage: true };

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
  const root = path.resolve(uiDir);
  const page = withCapabilities(await readFile(path.join(root, "index.html"), "utf8"));
  const hashed = HASHED_FOLDERS.map((folder) => path.join(root, folder) + path.sep);
  await app.register(fastifyStatic, {
    root,
    // Only files that exist get a route: every other path is a page.
    wildcard: false,
    globIgnore: ["index.html"],
    cacheControl: false,
    setHeaders: (response, file) => {
      const isHashed = hashed.some((folder) => file.startsWith(folder));
      response.header(
        "Cache-Control",
        isHashed ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache",
      );
    },
  });
  return (reply) =>
    reply.type("text/html; charset=utf-8").header("Cache-Control", "no-cache").send(page);
}

/** Jaeger's UI learns from its page what its server can do; other pages hold nothing of this form. */
function withCapabilities(page: string): string {
  return page.replace(
    /\bJAEGER_STORAGE_CAPABILITIES\s*=\s*DEFAULT_STORAGE_CAPABILITIES;/,
    `JAEGER_STORAGE_CAPABILITIES = ${JSON.stringify(CAPABILITIES)};`,
  );
}
