// Fixture files that lie beside the repository and not in it. A test that needs them is skipped by name without them.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../../../shared/fixtures");

/** For `test(title, { skip }, …)`. */
export const skip: string | false = existsSync(folder) ? false : "shared fixtures are not here";

export function fixtureBytes(path: string): Uint8Array {
  return readFileSync(join(folder, path));
}

export function fixtureJson(path: string): unknown {
  return JSON.parse(readFileSync(join(folder, path), "utf8"));
}

/** Paths of the files in a folder of fixtures; none without fixtures. */
export function fixturesIn(path: string): string[] {
  if (skip !== false) return [];
  return readdirSync(join(folder, path))
    .sort()
    .map((name) => `${path}/${name}`);
}
