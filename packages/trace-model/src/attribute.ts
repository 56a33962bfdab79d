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

/** Attributes that know where to look for one of several keys, for whoever asks it of every span. */
export interface SearchedAttributes extends Attributes {
  /**
   * The value of the first of these keys that has one, null counting as none.
   * @param keys always the same array for the same keys: it is remembered by identity
   */
  first(keys: readonly string[]): AttributeValue | undefined;
}

export const NO_ATTRIBUTES: Attributes = new Map<string, AttributeValue>();
