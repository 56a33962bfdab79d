// The attributes of one row, looked up where they lie: of a span's attributes a verdict asks for a few, and a Map of all
// of them for each span would cost more than the verdict.

import type {
  AttributeKeys,
  Attributes,
  AttributeValue,
  SearchedAttributes,
} from "@culprit/trace-model";
import { AttributeType, attributeValueOf } from "./attribute-text.ts";
import type { StringMaps, Strings } from "./native-strings.ts";

/** Integers are statuses, ports and line numbers, mostly few: to find one costs less than to make it from its text. */
const MAX_INTEGERS = 1024;
/** Up to this many keys are compared with each other: making a set of them costs more. */
const COMPARED_KEYS = 24;

/** The attributes of an answer's block. */
export class AttributeColumn {
  readonly #maps: StringMaps;
  readonly #types: Strings;
  /** Number of a key in the dictionary. */
  readonly #numberOf: ReadonlyMap<string, number>;
  /** Of the keys that have one, by their place. */
  readonly #numbersOf: (readonly number[] | undefined)[] = [];
  readonly #integers = new Map<string, bigint>();

  constructor(maps: StringMaps, types: Strings) {
    this.#maps = maps;
    this.#types = types;
    this.#numberOf = new Map(maps.keys?.keys.map((key, number) => [key, number]));
  }

  /** Keys that come twice count once. */
  size(row: number): number {
    const start = this.#start(row);
    const end = this.#maps.ends[row] as number;
    const indexes = this.#maps.keys?.indexes;
    if (indexes === undefined) return 0;
    // Keys that differ in their last bits differ; mostly all of them do, and there is nothing to compare.
    let seen = 0;
    let at = start;
    for (; at < end; at++) {
      const bit = 1 << ((indexes[at] as number) & 31);
      if ((seen & bit) !== 0) break;
      seen |= bit;
    }
    if (at === end) return end - start;
    if (end - start > COMPARED_KEYS) return new Set(indexes.subarray(start, end)).size;
    let size = end - start;
    for (at = start + 1; at < end; at++) {
      for (let before = start; before < at; before++) {
        if (indexes[before] !== indexes[at]) continue;
        size--;
        break;
      }
    }
    return size;
  }

  /** Of equal keys the last one counts. */
  get(row: number, key: string): AttributeValue | undefined {
    const number = this.#numberOf.get(key);
    return number === undefined ? undefined : this.#valueOf(row, number);
  }

  #valueOf(row: number, number: number): AttributeValue | undefined {
    const at = this.#find(row, number);
    return at < 0 ? undefined : this.#valueAt(row, at);
  }

  /** Where the last value of a key lies, -1 for nowhere. */
  #find(row: number, number: number): number {
    const indexes = this.#maps.keys?.indexes;
    if (indexes === undefined) return -1;
    const start = this.#start(row);
    for (let at = (this.#maps.ends[row] as number) - 1; at >= start; at--) {
      if (indexes[at] === number) return at;
    }
    return -1;
  }

  #numbers({ keys, place }: AttributeKeys): readonly number[] {
    let numbers = this.#numbersOf[place];
    if (numbers === undefined) {
      numbers = keys.flatMap((key) => this.#numberOf.get(key) ?? []);
      this.#numbersOf[place] = numbers;
    }
    return numbers;
  }

  first(row: number, keys: AttributeKeys): AttributeValue | undefined {
    for (const number of this.#numbers(keys)) {
      const value = this.#valueOf(row, number);
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  }

  /** As it lies there: numbers need not be made for it. */
  firstText(row: number, keys: AttributeKeys): string | undefined {
    for (const number of this.#numbers(keys)) {
      const at = this.#find(row, number);
      if (at < 0) continue;
      const type = this.#typeAt(row, at);
      if (type === AttributeType.null) continue;
      const text = this.#maps.values.at(at) as string;
      if (type === AttributeType.double) return Number(text).toString();
      const isPlain =
        type === AttributeType.string ||
        type === AttributeType.int64 ||
        type === AttributeType.bool;
      return isPlain && text !== "" ? text : undefined;
    }
    return undefined;
  }

  all(row: number): Attributes {
    const start = this.#start(row);
    const attributes = new Map<string, AttributeValue>();
    for (let at = start; at < (this.#maps.ends[row] as number); at++) {
      attributes.set(this.#maps.keys?.at(at) as string, this.#valueAt(row, at));
    }
    return attributes;
  }

  #start(row: number): number {
    return row === 0 ? 0 : (this.#maps.ends[row - 1] as number);
  }

  #typeAt(row: number, at: number): string {
    return (this.#types.at(row) as string).charAt(at - this.#start(row));
  }

  #valueAt(row: number, at: number): AttributeValue {
    const type = this.#typeAt(row, at);
    const text = this.#maps.values.at(at) as string;
    return type === AttributeType.int64 ? this.#integerOf(text) : attributeValueOf(type, text);
  }

  #integerOf(text: string): bigint {
    let value = this.#integers.get(text);
    if (value === undefined) {
      value = BigInt(text);
      if (this.#integers.size < MAX_INTEGERS) this.#integers.set(text, value);
    }
    return value;
  }
}

/** As a Map of them would be; made into one when more than single values is asked for. */
export class RowAttributes implements SearchedAttributes {
  readonly #column: AttributeColumn;
  readonly #row: number;
  #made: Attributes | undefined;

  constructor(column: AttributeColumn, row: number) {
    this.#column = column;
    this.#row = row;
  }

  get size(): number {
    return this.#column.size(this.#row);
  }

  get(key: string): AttributeValue | undefined {
    return this.#column.get(this.#row, key);
  }

  first(keys: AttributeKeys): AttributeValue | undefined {
    return this.#column.first(this.#row, keys);
  }

  firstText(keys: AttributeKeys): string | undefined {
    return this.#column.firstText(this.#row, keys);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  forEach(
    visit: (value: AttributeValue, key: string, map: Attributes) => void,
    thisArg?: unknown,
  ): void {
    this.#all.forEach(visit, thisArg);
  }

  entries(): MapIterator<[string, AttributeValue]> {
    return this.#all.entries();
  }

  keys(): MapIterator<string> {
    return this.#all.keys();
  }

  values(): MapIterator<AttributeValue> {
    return this.#all.values();
  }

  [Symbol.iterator](): MapIterator<[string, AttributeValue]> {
    return this.#all.entries();
  }

  get #all(): Attributes {
    this.#made ??= this.#column.all(this.#row);
    return this.#made;
  }
}
