// The command as it is published: dist/culprit.js holds all our rooms, because Node does not strip types under
// node_modules; what others wrote stays a dependency. Beside it lies the built web UI.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { rolldown } from "rolldown";

const room = import.meta.dirname;
const repository = path.join(room, "../..");
const dist = path.join(room, "dist");
const webDist = path.join(repository, "packages/web/dist");

const { dependencies } = JSON.parse(readFileSync(path.join(room, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};
const external = new Set(Object.keys(dependencies));

rmSync(dist, { recursive: true, force: true });
await writeBundle(path.join(room, "src/main.ts"), "culprit.js");
// A thread starts from a file of its own, beside the one that starts it.
await writeBundle(
  path.join(repository, "packages/server/src/verdicts/judge-thread.ts"),
  "judge-thread.js",
);

buildWeb();
cpSync(webDist, path.join(dist, "web"), { recursive: true });

async function writeBundle(input: string, name: string): Promise<void> {
  const bundle = await rolldown({
    input,
    platform: "node",
    external: (id) => id.startsWith("node:") || external.has(packageOf(id)),
    onLog(level, log) {
      // What is neither ours nor a dependency would be missing where the package is installed.
      if (level === "warn") throw new Error(log.message);
    },
  });
  await bundle.write({ file: path.join(dist, name), format: "esm" });
}

/** `@scope/name` or `name` of an import. */
function packageOf(id: string): string {
  return id.split("/", id.startsWith("@") ? 2 : 1).join("/");
}

function buildWeb(): void {
  const { status } = spawnSync("npm", ["run", "--silent", "build", "-w", "@culprit/web"], {
    cwd: repository,
    // `npm pack --json` owns standard output.
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0 || !existsSync(path.join(webDist, "index.html"))) {
    throw new Error("building @culprit/web failed");
  }
}
