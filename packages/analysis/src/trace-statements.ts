// What the statements of one trace may cost. The tokenizer does some 6 characters a microsecond: a trace of many long
// statements, each with other values written into it, would take a minute.

import { MAX_LENGTH, normalised, withoutValues } from "./statement.ts";

/** Of distinct texts, a tenth of a second; a trace whose statements have parameters has far fewer. */
const MAX_CHARACTERS = 500_000;
/** Beyond that the beginning of a statement must do, and no tokenizer. */
const SHORT_LENGTH = 128;

export class TraceStatements {
  readonly #seen = new Set<string>();
  #left = MAX_CHARACTERS;

  normalised(text: string, system: string): string {
    const start = text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH) : text;
    if (!this.#seen.has(start)) {
      if (start.length > this.#left) return withoutValues(start.slice(0, SHORT_LENGTH));
      this.#seen.add(start);
      this.#left -= start.length;
    }
    return normalised(start, system);
  }
}
