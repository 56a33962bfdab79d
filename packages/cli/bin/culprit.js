#!/usr/bin/env node
// From a clone the sources run as they are; an installed package has no sources, only the bundle. Plain JavaScript, so
// that an old Node can still say what is wrong.

import { existsSync } from "node:fs";

const major = Number(process.versions.node.split(".")[0]);
const source = new URL("../src/main.ts", import.meta.url);
const isClone = existsSync(source);

if (isClone ? major < 24 : major < 22) {
  process.stderr.write(
    `culprit needs Node 24 and this is ${process.version}: install it from https://nodejs.org, or run \`npx --package=node@24 --package=@culprit/cli culprit …\`\n`,
  );
  process.exit(1);
}

await import(isClone ? source.href : new URL("../dist/culprit.js", import.meta.url).href);
