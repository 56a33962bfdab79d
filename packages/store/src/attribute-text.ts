// How an attribute lies in the database: its value as text, so that 200, "200" and 200.0 are found by one comparison,
// and its type as one letter beside it, so that it comes back as what it was.

import type { Attributes, AttributeValue } from "@culprit/trace-model";

export const AttributeType = {
  string: "s",
  bool: "b",
  int64: "i",
  double: "d",
  /** base64 */
  bytes: "y",
  /** JSON, see {@link jsonOf} */
  array: "a",
  map: "m",
  null: "n",
} as const;
export type AttributeType = (typeof AttributeType)[keyof typeof AttributeType];

export function attributeTypeOf(value: AttributeValue): AttributeType {
  if (typeof value === "string") return "s";
  if (typeof value === "boolean") return "b";
  if (typeof value === "bigint") return "i";
  if (typeof value === "number") return "d";
  if (value === null) return "n";
  if (value instanceof Uint8Array) return "y";
  return value instanceof Map ? "m" : "a";
}

/** -0 is told from 0: what came in goes out. */
export function textOfDouble(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

export function attributeTextOf(value: AttributeValue): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return textOfDouble(value);
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value === null) return "";
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return jsonOf(value);
}

export function attributeValueOf(type: string, text: string): AttributeValue {
  switch (type) {
    case "b":
      return text === "true";
    case "i":
      return BigInt(text);
    case "d":
      return Number(text);
    case "y":
      return new Uint8Array(Buffer.from(text, "base64"));
    case "a":
    case "m":
      return fromJson(text);
    case "n":
      return null;
    default:
      return text;
  }
}

/**
 * Plain JSON wherever JSON can tell the types apart, so that `["a","b"]` reads and compares as one expects: an integer
 * has no point, a double has one or an exponent. What JSON lacks is written as an object with one key that begins with
 * `$`: `{"$bytes":"…"}`, `{"$double":"NaN"}`, and a map that has such a key itself as `{"$map":{…}}`.
 */
export function jsonOf(value: AttributeValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value === null) return "null";
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return `{"$double":"${value}"}`;
    const text = textOfDouble(value);
    return /[.e]/.test(text) ? text : `${text}.0`;
  }
  if (value instanceof Uint8Array) return `{"$bytes":"${Buffer.from(value).toString("base64")}"}`;
  if (value instanceof Map) {
    const map: Attributes = value;
    const text = `{${[...map].map(([k, v]) => `${JSON.stringify(k)}:${jsonOf(v)}`).join(",")}}`;
    return [...map.keys()].some((key) => key.startsWith("$")) ? `{"$map":${text}}` : text;
  }
  return `[${(value as readonly AttributeValue[]).map(jsonOf).join(",")}]`;
}

/** Objects arrive as maps (a key such as `__proto__` or `1` keeps its place), numbers by how they are written. */
export function fromJson(text: string): AttributeValue {
  return new JsonValue(text).read();
}

/** A reader of our own for what `jsonOf` writes: `JSON.parse` reorders keys that look like numbers. */
class JsonValue {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): AttributeValue {
    const first = this.#text[this.#at];
    if (first === "[") return this.#array();
    if (first === "{") return this.#object();
    if (first === '"') return this.#string();
    return this.#word();
  }

  #array(): AttributeValue {
    const items: AttributeValue[] = [];
    this.#at++;
    while (this.#text[this.#at] !== "]" && this.#at < this.#text.length) {
      items.push(this.read());
      if (this.#text[this.#at] === ",") this.#at++;
    }
    this.#at++;
    return items;
  }

  #object(): AttributeValue {
    const map = this.#map();
    const bytes = map.get("$bytes");
    if (typeof bytes === "string") return new Uint8Array(Buffer.from(bytes, "base64"));
    const double = map.get("$double");
    if (typeof double === "string") return Number(double);
    return map.get("$map") ?? map;
  }

  #map(): Map<string, AttributeValue> {
    const map = new Map<string, AttributeValue>();
    this.#at++;
    while (this.#text[this.#at] !== "}" && this.#at < this.#text.length) {
      const key = this.#string();
      this.#at++;
      // Inside "$map" the keys are the sender's own, whatever they begin with.
      map.set(key, key === "$map" ? this.#map() : this.read());
      if (this.#text[this.#at] === ",") this.#at++;
    }
    this.#at++;
    return map;
  }

  #string(): string {
    const start = this.#at;
    this.#at++;
    while (this.#text[this.#at] !== '"' && this.#at < this.#text.length) {
      this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    }
    this.#at++;
    return JSON.parse(this.#text.slice(start, this.#at));
  }

  #word(): AttributeValue {
    const start = this.#at;
    while (this.#at < this.#text.length && !",]}".includes(this.#text[this.#at] as string)) {
      this.#at++;
    }
    const word = this.#text.slice(start, this.#at);
    if (word === "null") return null;
    if (word === "true" || word === "false") return word === "true";
    return /[.e]/.test(word) ? Number(word) : BigInt(word);
  }
}
