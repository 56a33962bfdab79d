// Texts of parameters as values, for every API that takes them. What is wrong with a text is said by `malformed`, in the
// words of that API.

import { parseRfc3339, type UnixNanos } from "@culprit/trace-model";
import { parseGoDuration } from "./go-duration.ts";
import type { ParameterError } from "./parameter-error.ts";

export type Malformed = (fault: string) => ParameterError;

export function integerOf(text: string, malformed: Malformed): bigint {
  if (!/^[+-]?\d{1,19}$/.test(text)) throw malformed(`"${text}" is not an integer`);
  return BigInt(text.replace(/^\+/, ""));
}

/** As Go's strconv.ParseBool reads it. */
export function booleanOf(text: string, malformed: Malformed): boolean {
  if (["0", "f", "F", "false", "False", "FALSE"].includes(text)) return false;
  if (["1", "t", "T", "true", "True", "TRUE"].includes(text)) return true;
  throw malformed(`"${text}" is not a boolean`);
}

/** Nanoseconds of a duration as Go writes it. */
export function durationOf(text: string, malformed: Malformed): number {
  const nanos = parseGoDuration(text);
  if (nanos !== undefined) return nanos;
  const fault = /^[+-]?[\d.]+$/.test(text) ? "missing unit in duration" : "invalid duration";
  throw malformed(`${fault} "${text}"`);
}

/** RFC 3339; the plus of an offset that was not encoded arrives as a space. */
export function momentOf(text: string, malformed: Malformed): UnixNanos {
  const moment = parseRfc3339(text.replace(/ (\d{2}:\d{2})$/, "+$1"));
  if (moment !== undefined) return moment;
  throw malformed(`"${text}" is not a moment such as 2026-11-22T10:00:00.5Z`);
}

/** A JSON object whose values are strings. */
export function textMapOf(text: string, malformed: Malformed): [string, string][] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error));
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw malformed("expecting a map of strings");
  }
  return Object.entries(parsed).map(([key, value]) => {
    if (typeof value !== "string") throw malformed(`the value of "${key}" is not a string`);
    return [key, value];
  });
}
