// Typed access to parsed JSON that knows where it is: what has the wrong type is an error that names its path.
// As in proto3's JSON, null stands for the default.

import { pathText } from "./json-path.ts";
import { WireError } from "./wire-error.ts";

export type JsonObject = { readonly [key: string]: unknown };

const NOTHING: readonly unknown[] = [];
const INTEGER = /^-?\d+$/;

export class JsonReader {
  readonly #path: (string | number)[] = [];

  /** Forgets where an error left it. */
  reset(): void {
    this.#path.length = 0;
  }

  enter(key: string | number): void {
    this.#path.push(key);
  }

  leave(): void {
    this.#path.pop();
  }

  fail(key: string, wanted: string, found: unknown): never {
    const path = pathText(key === "" ? this.#path : [...this.#path, key]);
    const where = path === "" ? "" : `${path}: `;
    throw new WireError("wrong-type", `${where}${wanted} wanted, found ${shown(found)}`);
  }

  /** The value itself, which stands at the current path. */
  object(value: unknown): JsonObject {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as JsonObject;
    }
    return this.fail("", "an object", value);
  }

  objectIn(parent: JsonObject, key: string): JsonObject | undefined {
    const value = parent[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "object" || Array.isArray(value)) this.fail(key, "an object", value);
    return value as JsonObject;
  }

  arrayIn(parent: JsonObject, key: string): readonly unknown[] {
    const value = parent[key];
    if (value === undefined || value === null) return NOTHING;
    if (!Array.isArray(value)) this.fail(key, "an array", value);
    return value;
  }

  textIn(parent: JsonObject, key: string): string {
    const value = parent[key];
    if (value === undefined || value === null) return "";
    if (typeof value !== "string") this.fail(key, "a string", value);
    return value;
  }

  uint32In(parent: JsonObject, key: string): number {
    return Number(this.#integerIn(parent, key, 0n, 0xffffffffn, "an integer from 0 to 2^32-1"));
  }

  uint64In(parent: JsonObject, key: string): bigint {
    const wanted = "an integer from 0 to 2^64-1, as a number or a string";
    return this.#integerIn(parent, key, 0n, 0xffff_ffff_ffff_ffffn, wanted);
  }

  int64In(parent: JsonObject, key: string): bigint {
    const wanted = "an integer from -2^63 to 2^63-1, as a number or a string";
    return this.#integerIn(parent, key, -(2n ** 63n), 2n ** 63n - 1n, wanted);
  }

  enumIn(parent: JsonObject, key: string): number {
    const value = parent[key];
    if (value === undefined || value === null) return 0;
    if (typeof value !== "number" || (value | 0) !== value) {
      this.fail(key, "an integer (OTLP/JSON has no enum names)", value);
    }
    return value;
  }

  /** Microseconds, perhaps with a fraction, as nanoseconds; 0 when absent. */
  microsIn(parent: JsonObject, key: string): bigint {
    const value = parent[key];
    if (value === undefined || value === null) return 0n;
    if (typeof value === "number" && value >= 0 && value < 2 ** 63 && !Number.isInteger(value)) {
      return BigInt(Math.round(value * 1000));
    }
    const wanted = "microseconds from 0 to 2^64-1 nanoseconds";
    return this.#integerIn(parent, key, 0n, 0xffff_ffff_ffff_ffffn / 1000n, wanted) * 1000n;
  }

  /** A number, or text that is one: NaN, Infinity, -Infinity, digits. */
  doubleIn(parent: JsonObject, key: string): number {
    const value = parent[key];
    if (typeof value === "number") return value;
    if (typeof value === "bigint") return Number(value);
    if (typeof value === "string" && value.trim() !== "") {
      const number = Number(value);
      if (!Number.isNaN(number) || value === "NaN") return number;
    }
    return this.fail(key, "a number", value);
  }

  base64In(parent: JsonObject, key: string): Uint8Array {
    const value = parent[key];
    if (typeof value !== "string") return this.fail(key, "base64", value);
    try {
      const binary = atob(value.replaceAll("-", "+").replaceAll("_", "/"));
      const bytes = new Uint8Array(binary.length);
      for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
      return bytes;
    } catch {
      return this.fail(key, "base64", value);
    }
  }

  #integerIn(parent: JsonObject, key: string, min: bigint, max: bigint, wanted: string): bigint {
    const value = parent[key];
    if (value === undefined || value === null) return 0n;
    let integer: bigint;
    if (typeof value === "number" && Number.isInteger(value)) integer = BigInt(value);
    else if (typeof value === "string" && INTEGER.test(value)) integer = BigInt(value);
    else if (typeof value === "bigint") integer = value;
    else return this.fail(key, wanted, value);
    if (integer < min || integer > max) this.fail(key, wanted, value);
    return integer;
  }
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
