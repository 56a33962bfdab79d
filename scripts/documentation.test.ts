import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { DEFAULT_THRESHOLDS, FINDING_KINDS } from "@culprit/analysis";
import { WIRE_ERROR_CODES } from "@culprit/wire";
import { ROOMS } from "./rooms.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** Paths in code marks, and those of the annotated tree, whose folders stand on lines of their own. */
function pathsOf(markdown: string): string[] {
  const paths = Array.from(
    markdown.matchAll(/`((?:packages|scripts|bench|shop|docs)\/[\w./-]+)`/g),
    (match) => match[1] as string,
  );
  let folder = "";
  for (const line of markdown.split("\n")) {
    const place = /^( *)([\w./-]+\/[\w./-]*|[\w.-]+\.(?:ts|tsx|mjs|sql))(?: {2,}|$)/.exec(line);
    if (place === null) continue;
    const [, indent = "", name = ""] = place;
    if (indent === "" && name.endsWith("/")) folder = name;
    else if (indent === "") paths.push(name);
    else paths.push(folder + name);
  }
  return paths;
}

test("every path that the architecture names is there", () => {
  const paths = pathsOf(read("docs/architecture.md"));
  assert.ok(paths.length > 30, `only ${paths.length} paths found`);
  assert.deepEqual(
    paths.filter((path) => !existsSync(join(root, path))),
    [],
  );
});

test("the architecture's table of rooms is the one that is checked", () => {
  const lines = read("docs/architecture.md").split("\n");
  for (const { folder, mayImport } of ROOMS) {
    const line = lines.find((text) => text.startsWith("| `") && text.includes(`\`${folder}\``));
    assert.ok(line !== undefined, `${folder} is missing`);
    if (mayImport === "anything") continue;
    const cell = line.split("|").at(-2)?.trim() ?? "";
    const named = mayImport.map((name) => name.replace("@culprit/", ""));
    const expected = folder === "packages/server" ? "all above" : named.join(", ");
    assert.equal(cell.replace("nothing of ours", "").replace("nothing", ""), expected, folder);
  }
});

test("links between the documents lead somewhere", () => {
  const broken: string[] = [];
  for (const page of ["README.md", "CHANGELOG.md", ...globSync("docs/**/*.md", { cwd: root })]) {
    for (const [, target = ""] of read(page).matchAll(/\]\(([^)#\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      if (!existsSync(join(root, dirname(page), target))) broken.push(`${page}: ${target}`);
    }
  }
  assert.deepEqual(broken, []);
});

test("the user guide lists the codes of undecodable input, all and no others", () => {
  const table =
    read("docs/user-guide.md").split("### Undecodable input")[1]?.split("\n## ")[0] ?? "";
  const codes = Array.from(table.matchAll(/^\| `([a-z-]+)`/gm), (match) => match[1]);
  assert.deepEqual(codes.sort(), [...WIRE_ERROR_CODES].sort());
});

test("the page on findings lists the kinds in the order of a verdict, and every threshold", () => {
  const page = read("docs/findings.md");
  const kinds = Array.from(page.matchAll(/^## `([a-z-]+)`$/gm), (match) => match[1]);
  assert.deepEqual(kinds, FINDING_KINDS);
  const named = Array.from(
    page.matchAll(/`([a-z][A-Za-z]+)` (\d+(?:\.\d+)?)(?: (ms|s)\b)?/g),
    (match) => {
      const unit = match[3] === "ms" ? 1e6 : match[3] === "s" ? 1e9 : 1;
      return [match[1], Number(match[2]) * unit];
    },
  );
  assert.deepEqual(Object.fromEntries(named), DEFAULT_THRESHOLDS);
});
