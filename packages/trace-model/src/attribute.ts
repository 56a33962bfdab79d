// Attribute values keep OTLP's types in JavaScript's own: bigint is int64, number is double, null is an AnyValue
// with nothing set. A value therefore survives import and export without a tag beside it.

export type AttributeValue =
  | string
  | boolean
  | bigint
  | number
  | Uint8Array
  | null
  | readonly AttributeValue[]
  | Attributes;

/** In the order in which they came; of equal keys the last one counts. */
export type Attributes = ReadonlyMap<string, AttributeValue>;

/** Keys of one meaning, in the order in which they count. */
export class AttributeKeys {
  static #made = 0;
  readonly keys: readonly string[];
  /** Its own among all of them, from 0: what is known of them can stand in a list, which a look-up by key costs more than. */
  readonly place: number = AttributeKeys.#made++;

  constructor(...keys: readonly string[]) {
    this.keys = keys;
  }
}

/** Attributes that know where to look for one of several keys, for whoever asks it of every span. */
export interface SearchedAttributes extends Attributes {
  /** The value of the first of these keys that has one, null counting as none. */
  first(keys: AttributeKeys): AttributeValue | undefined;
  /** The same as text; undefined where it is empty or neither string, number nor boolean. */
  firstText(keys: AttributeKeys): string | undefined;
}

export const NO_ATTRIBUTES: Attributes = new Map<string, AttributeValue>();
