import path from "node:path";

/**
 * A path as the user typed it. `npm run culprit` moves to the root of the repository first and leaves the folder that
 * it was called from in INIT_CWD.
 */
export function userPath(
  typed: string,
  environment: NodeJS.ProcessEnv = process.env,
  cwd: string = process.cwd(),
): string {
  const isNpmRun = environment["npm_lifecycle_event"] === "culprit";
  const calledFrom = isNpmRun ? environment["INIT_CWD"] : undefined;
  return path.resolve(calledFrom ?? cwd, typed);
}
