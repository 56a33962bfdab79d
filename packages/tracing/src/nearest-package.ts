import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface PackageIdentity {
  readonly name?: string;
  readonly version?: string;
}

/** The package.json nearest above the program that Node was started with. */
export function nearestPackage(
  program: string | undefined = process.argv[1],
): PackageIdentity | undefined {
  if (program === undefined) return undefined;
  let folder = dirname(program);
  while (true) {
    const found = read(join(folder, "package.json"));
    if (found !== undefined) return found;
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}

function read(path: string): PackageIdentity | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(path, "utf8"));
    return {
      ...(typeof name === "string" ? { name } : {}),
      ...(typeof version === "string" ? { version } : {}),
    };
  } catch {
    return undefined;
  }
}
