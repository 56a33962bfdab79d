// Goldens: what a decoder makes of a captured file, as text that can be read and reviewed.
// UPDATE_GOLDEN=1 rewrites them; one that no test asks for is a failure.

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const isUpdate = process.env["UPDATE_GOLDEN"] === "1";

export class Goldens {
  readonly #folder: string;
  readonly #asked = new Set<string>();

  /** @param name a folder of `packages/wire/test/golden`, which belongs to one test file */
  constructor(name: string) {
    this.#folder = join(import.meta.dirname, "golden", name);
  }

  assertSame(name: string, text: string): void {
    const file = `${name}.txt`;
    this.#asked.add(file);
    const path = join(this.#folder, file);
    if (isUpdate) {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(path, text);
    }
    assert.equal(text, readFileSync(path, "utf8"));
  }

  /** After all others. */
  assertNoOrphans(): void {
    const orphans = readdirSync(this.#folder).filter((file) => !this.#asked.has(file));
    if (isUpdate) for (const file of orphans) rmSync(join(this.#folder, file));
    else assert.deepEqual(orphans, []);
  }
}
