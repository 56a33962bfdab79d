// npm test: every test of the house, or those of the files and folders that are named.
//   npm test -- packages/store
// Ends with one line, `N passed, N failed, N skipped`. A test file that prints to the console has failed.

import { globSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const root = join(import.meta.dirname, "..");
const named = process.argv.slice(2);
const places = named.length > 0 ? named : ["packages", "shop", "scripts", "bench"];
const files = places
  .flatMap((place) => (isFile(place) ? [place] : globSync(`${place}/**/*.test.ts`, { cwd: root })))
  .filter((file) => !/(^|\/)(node_modules|dist)\//.test(file))
  .map((file) => join(root, file))
  .sort();
if (files.length === 0) throw new Error(`no test files in ${places.join(", ")}`);

const count = { passed: 0, failed: 0, skipped: 0 };
const printed = new Map<string, string>();
// One file at a time: many tests start servers and databases, and two cores shared by three of them make waits long.
const events = run({ files, concurrency: 1, timeout: 600_000 });
events.on("test:pass", (event) => {
  if (event.details.type === "suite") return;
  if (event.skip !== undefined && event.skip !== false) count.skipped++;
  else count.passed++;
});
events.on("test:fail", (event) => {
  if (event.details.type !== "suite") count.failed++;
});
for (const name of ["test:stdout", "test:stderr"] as const) {
  events.on(name, ({ file, message }: { file: string; message: string }) => {
    printed.set(file, (printed.get(file) ?? "") + message);
  });
}
events.compose(spec).pipe(process.stdout);
await new Promise((resolve) => events.once("end", resolve));

process.on("exit", () => {
  for (const [file, text] of printed) {
    count.failed++;
    process.stdout.write(`\n${relative(root, file)} printed to the console:\n${text}\n`);
  }
  process.stdout.write(
    `\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`,
  );
  if (count.failed > 0) process.exitCode = 1;
});

function isFile(place: string): boolean {
  return statSync(join(root, place), { throwIfNoEntry: false })?.isFile() ?? false;
}
