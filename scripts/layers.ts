// Finds imports that a room may not make. Tests may borrow from other rooms' test folders; what ships may not.

import { readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { ROOMS, type Room } from "./rooms.ts";

export interface Breach {
  readonly file: string;
  readonly line: number;
  readonly what: string;
}

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bimport\.meta\.resolve\(\s*)["']([^"']+)["']/g;

/** Every import specifier of a source text, with its line. */
export function importsOf(source: string): { specifier: string; line: number }[] {
  return Array.from(source.matchAll(IMPORT), (match) => ({
    specifier: match[1] as string,
    line: source.slice(0, match.index).split("\n").length,
  }));
}

/** @param files paths relative to the root of the repository, with forward slashes */
export function breaches(
  root: string,
  files: readonly string[],
  rooms: readonly Room[] = ROOMS,
): Breach[] {
  const found: Breach[] = [];
  for (const file of files) {
    const room = rooms.find(({ folder }) => file.startsWith(`${folder}/`));
    if (room === undefined || room.mayImport === "anything") continue;
    for (const { specifier, line } of importsOf(readFileSync(resolve(root, file), "utf8"))) {
      const what = breachOf(room, file, specifier, root);
      if (what !== undefined) found.push({ file, line, what });
    }
  }
  return found;
}

function isTest(file: string): boolean {
  return /\.test\.tsx?$|\/test\//.test(file);
}

function breachOf(room: Room, file: string, specifier: string, root: string): string | undefined {
  if (isTest(file)) return undefined;
  if (specifier.startsWith(".")) {
    const target = relative(root, resolve(root, dirname(file), specifier))
      .split(sep)
      .join("/");
    return target.startsWith(`${room.folder}/`)
      ? undefined
      : `reaches out of ${room.folder} by path (${specifier}): import the room by its name`;
  }
  const name = /^@culprit\/[^/]+/.exec(specifier)?.[0];
  if (name === undefined || name === room.name || room.mayImport === "anything") return undefined;
  return room.mayImport.includes(name)
    ? undefined
    : `${room.folder} may not import ${name} (docs/architecture.md)`;
}
