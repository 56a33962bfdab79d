// The rooms of the house and what each may import: the table of docs/architecture.md, in the form that is checked.

export interface Room {
  readonly folder: string;
  /** The package's name. */
  readonly name: string;
  /** Names of the rooms it may import; "anything" for what puts the others together. */
  readonly mayImport: readonly string[] | "anything";
}

function room(folder: string, mayImport: Room["mayImport"]): Room {
  return { folder, name: `@culprit/${folder.split("/").at(-1)}`, mayImport };
}

const all = (...names: string[]): string[] => names.map((name) => `@culprit/${name}`);

export const ROOMS: readonly Room[] = [
  room("packages/trace-model", []),
  room("packages/wire", all("trace-model")),
  room("packages/store", all("trace-model")),
  room("packages/analysis", all("trace-model", "api")),
  room("packages/api", all("trace-model")),
  room("packages/server", all("trace-model", "wire", "store", "analysis", "api")),
  room("packages/web", all("api")),
  room("packages/tracing", []),
  room("packages/cli", all("trace-model", "wire", "store", "analysis", "api", "server")),
  room("shop", all("tracing")),
  room("scripts", "anything"),
  room("bench", "anything"),
];
