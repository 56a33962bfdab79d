// Numbers by a small integer key, each group a piece of one array.

export class NumberGroups {
  readonly #values: Float64Array;
  /** Where each group begins, and in the end where the last one ends. */
  readonly #first: Uint32Array;

  /** @param keys one a value, below `count`; NO_KEY leaves the value out */
  constructor(values: Float64Array, keys: Int32Array, count: number) {
    const first = new Uint32Array(count + 1);
    for (const key of keys) if (key >= 0) first[key + 1] = (first[key + 1] as number) + 1;
    for (let key = 0; key < count; key++) {
      first[key + 1] = (first[key + 1] as number) + (first[key] as number);
    }
    const next = first.slice();
    this.#values = new Float64Array(first[count] as number);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as number;
      if (key < 0) continue;
      const at = next[key] as number;
      next[key] = at + 1;
      this.#values[at] = values[i] as number;
    }
    this.#first = first;
    for (let key = 0; key < count; key++) this.of(key).sort();
  }

  /** Ascending. */
  of(key: number): Float64Array {
    return this.#values.subarray(this.#first[key], this.#first[key + 1]);
  }
}
