// Which (service, operation, kind) this process has already entered in the table of operations, per day of arrival.

import type { Engine } from "./engine.ts";
import type { SpanBlock } from "./span-block.ts";
import { quote } from "./sql.ts";

export interface OperationEntry {
  readonly day: string;
  readonly service: string;
  readonly name: string;
  readonly kind: number;
}

/** Beyond it the memory of what is entered starts anew: names that hold ids must not grow it for ever. */
const MAX_REMEMBERED = 100_000;

export class OperationRegister {
  readonly #engine: Engine;
  #day = "";
  #known = new Set<string>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** What of a block is not entered yet. */
  unknown(block: SpanBlock, nowUnixNano: bigint): OperationEntry[] {
    const day = new Date(Number(nowUnixNano / 1_000_000n)).toISOString().slice(0, 10);
    if (day !== this.#day || this.#known.size > MAX_REMEMBERED) {
      this.#day = day;
      this.#known = new Set();
    }
    const entries: OperationEntry[] = [];
    block.eachOperation((service, name, kind) => {
      if (!this.#known.has(keyOf({ day, service, name, kind }))) {
        entries.push({ day, service, name, kind });
      }
    });
    return entries;
  }

  /** Enters them, on disk, and only then remembers them. */
  async register(entries: readonly OperationEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const rows = entries.map(
      ({ day, service, name, kind }) =>
        `(${quote(day)}, ${quote(service)}, ${quote(name)}, ${kind})`,
    );
    await this.#engine.command(
      `insert into culprit.operations (day, service, name, kind) values ${rows.join(", ")}`,
    );
    for (const entry of entries) this.#known.add(keyOf(entry));
  }
}

function keyOf({ day, service, name, kind }: OperationEntry): string {
  return `${day}\0${kind}\0${service}\0${name}`;
}
