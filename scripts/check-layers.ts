// npm run layers

import { globSync } from "node:fs";
import { join } from "node:path";
import { breaches } from "./layers.ts";

const root = join(import.meta.dirname, "..");
const files = globSync(["packages/*/{src,bin,test}/**/*.{ts,tsx,js}", "shop/**/*.ts"], {
  cwd: root,
  exclude: (path) => path.includes("node_modules") || path.includes("dist"),
});
const found = breaches(root, files);
for (const { file, line, what } of found) console.error(`${file}:${line}: ${what}`);
if (files.length === 0)
  throw new Error("no source files found: the check looks in the wrong place");
process.exitCode = found.length === 0 ? 0 : 1;
