/**
 * In the workspace a package's entry points are its TypeScript source; in its tarball they are what the
 * build made, for Node strips no types under node_modules, and npm has no field to say both. So `prepack`
 * runs this with "write": the fields of `publishConfig.manifest` go to the top of package.json, what only
 * the workspace needs goes away. `postpack` runs it with "restore". A pack that was cut off between the
 * two is healed by either.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [action, folder = process.cwd()] = process.argv.slice(2);
const manifestPath = join(folder, "package.json");
const keptPath = join(folder, "package.json.workspace");

if (existsSync(keptPath)) renameSync(keptPath, manifestPath);
if (action === "write") {
  const text = readFileSync(manifestPath, "utf8");
  const { publishConfig, scripts, devDependencies, ...manifest } = JSON.parse(text);
  const { manifest: published, ...config } = publishConfig;
  writeFileSync(keptPath, text);
  const rest = Object.keys(config).length === 0 ? {} : { publishConfig: config };
  writeFileSync(
    manifestPath,
    `${JSON.stringify({ ...manifest, ...published, ...rest }, null, 2)}\n`,
  );
} else if (action !== "restore") {
  process.stderr.write("published-manifest.ts write|restore [FOLDER]\n");
  process.exitCode = 2;
}
