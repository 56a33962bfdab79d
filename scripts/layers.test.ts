import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { breaches } from "./layers.ts";

const cases: [file: string, source: string, breach: RegExp | undefined][] = [
  ["packages/wire/src/a.ts", 'import type { Span } from "@culprit/trace-model";', undefined],
  [
    "packages/wire/src/b.ts",
    '\nimport { x } from "@culprit/store";',
    /may not import @culprit\/store/,
  ],
  [
    "packages/store/src/c.ts",
    'const w = await import("@culprit/wire");',
    /may not import @culprit\/wire/,
  ],
  [
    "packages/store/src/d.ts",
    'export * from "../../wire/src/x.ts";',
    /reaches out of packages\/store/,
  ],
  ["packages/store/src/e.test.ts", 'import { x } from "../../trace-model/test/x.ts";', undefined],
  ["packages/tracing/src/f.ts", 'import "@culprit/trace-model";', /may not import/],
  ["packages/web/src/g.tsx", 'import type { Verdict } from "@culprit/api";', undefined],
  ["scripts/h.ts", 'import "@culprit/server";', undefined],
];

test("imports that the table of rooms forbids are found, with file and line", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "culprit-layers-"));
  t.after(() => rm(root, { recursive: true, force: true }));
  for (const [file, source, breach] of cases) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), source);
    const found = breaches(root, [file]);
    if (breach === undefined) {
      assert.deepEqual(found, [], file);
    } else {
      assert.equal(found.length, 1, file);
      assert.match(found[0]?.what ?? "", breach);
      assert.equal(found[0]?.line, source.startsWith("\n") ? 2 : 1);
    }
  }
});
