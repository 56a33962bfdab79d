import { readFileSync } from "node:fs";

/** Of this package; `src/` and `dist/` lie at the same depth. */
export const version: string = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
).version;
