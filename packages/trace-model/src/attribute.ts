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

export const NO_ATTRIBUTES: Attributes = new Map<string, AttributeValue>();
