// What `npm run demo` and `npm test` run first, with whatever Node the machine has (20 or newer): installs and builds
// what is missing, then hands over to Node 24, which comes as a package. Plain JavaScript for that reason.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "..");
const [command, ...args] = process.argv.slice(2);
const COMMANDS = {
  demo: { script: "scripts/demo.ts", steps: [install, buildWeb] },
  test: { script: "scripts/test.ts", steps: [install, buildWeb, buildTracing] },
};

const chosen = COMMANDS[command];
if (chosen === undefined)
  fail(`usage: node scripts/bootstrap.mjs ${Object.keys(COMMANDS).join("|")}`);
checkMachine();
for (const step of chosen.steps) step();
handOver(chosen.script);

function checkMachine() {
  const [major = 0] = process.versions.node.split(".").map(Number);
  if (major < 20)
    fail(`Node ${process.version} is too old: install Node 20 or newer from nodejs.org.`);
  const musl =
    process.platform === "linux" &&
    process.report?.getReport().header.glibcVersionRuntime === undefined;
  const known =
    ["linux", "darwin"].includes(process.platform) && ["x64", "arm64"].includes(process.arch);
  if (!known || musl) {
    const here = `${process.platform}${musl ? " without glibc" : ""} on ${process.arch}`;
    fail(
      `Culprit runs on Linux (glibc) and macOS, x64 and arm64; this is ${here}. On Windows, use WSL 2.`,
    );
  }
}

function install() {
  const installed = join(root, "node_modules/.package-lock.json");
  const node = join(root, "node_modules/.bin/node");
  const fresh =
    existsSync(node) && newest([installed]) >= newest([join(root, "package-lock.json")]);
  if (fresh) return;
  run("Installing packages (about 900 MB, most of it the ClickHouse engine)", "npm", [
    "ci",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ]);
}

function buildWeb() {
  build("Building the web page", "packages/web", [
    "src",
    "index.html",
    "vite.config.ts",
    "package.json",
  ]);
}

function buildTracing() {
  build("Building @culprit/tracing", "packages/tracing", ["src", "package.json"]);
}

/** Builds a room when its dist is missing or older than what it is made from. */
function build(title, room, sources) {
  const dist = join(root, room, "dist");
  const from = sources.map((source) => join(root, room, source));
  if (existsSync(dist) && newest([dist]) >= newest(from)) return;
  run(title, "npm", ["run", "--silent", "build", "-w", room]);
}

function run(title, program, programArguments) {
  const started = Date.now();
  console.log(`▸ ${title} …`);
  const { status, error } = spawnSync(program, programArguments, { cwd: root, stdio: "inherit" });
  if (error !== undefined) fail(`${program} could not be started: ${error.message}`);
  if (status !== 0)
    fail(`${title}: "${program} ${programArguments.join(" ")}" failed (see above).`);
  console.log(`  done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** The latest change below any of the paths, in milliseconds; 0 when there is none. */
function newest(paths) {
  let latest = 0;
  for (const path of paths) {
    if (!existsSync(path)) continue;
    const stat = statSync(path);
    const below = stat.isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [];
    latest = Math.max(latest, stat.isDirectory() ? newest(below) : stat.mtimeMs);
  }
  return latest;
}

/** Runs the script under Node 24 in the foreground; signals reach it, its exit code becomes ours. */
function handOver(script) {
  const node = join(root, "node_modules/.bin/node");
  const child = spawn(node, [join(root, script), ...args], {
    stdio: "inherit",
    env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}` },
  });
  // Ctrl-C reaches the whole foreground group by itself; a second copy would cut the clean end short.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
