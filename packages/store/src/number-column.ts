// A typed array that grows.

type Numbers = Uint8Array | Int32Array | Uint32Array | Float64Array;

export class NumberColumn<T extends Numbers> {
  length = 0;
  readonly #make: new (
    length: number,
  ) => T;
  #values: T;

  constructor(make: new (length: number) => T) {
    this.#make = make;
    this.#values = new make(1024);
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const grown = new this.#make(this.length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.length++] = value;
  }

  view(): T {
    return this.#values.subarray(0, this.length) as T;
  }
}
