// Where in a JSON document something stands, worked out from its bytes only when an error has to say so.

import { isJsonSpace } from "./json-shape.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const utf8 = new TextDecoder();

/** A message need not hold more of a path. */
const MAX_STEPS = 20;

/**
 * @param at the first byte of a value; all before it is well formed
 * @returns such as `[0].tags.http.path`; "" for the document itself
 */
export function jsonPathAt(bytes: Uint8Array, at: number): string {
  const steps: (string | number)[] = [];
  let text = "";
  for (let i = 0; i < at; i++) {
    switch (bytes[i]) {
      case QUOTE: {
        const start = i + 1;
        for (i = start; i < at && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++;
        text = utf8.decode(bytes.subarray(start, Math.min(i, start + 100)));
        break;
      }
      case COLON:
        steps[steps.length - 1] = text;
        break;
      case COMMA: {
        const last = steps.at(-1);
        if (typeof last === "number") steps[steps.length - 1] = last + 1;
        break;
      }
      case OPEN_ARRAY:
        steps.push(0);
        break;
      case OPEN_OBJECT:
        steps.push("");
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        steps.pop();
        break;
    }
  }
  return pathText(steps.slice(0, MAX_STEPS));
}

/** Keys and indexes as they are written in code. */
export function pathText(steps: readonly (string | number)[]): string {
  let path = "";
  for (const step of steps) {
    if (typeof step === "number") path += `[${step}]`;
    else path += path === "" ? step : `.${step}`;
  }
  return path;
}

/** The value that starts at `at`, as an error shows what it found. */
export function jsonValueShown(bytes: Uint8Array, at: number): string {
  if (bytes[at] === OPEN_ARRAY) return "an array";
  if (bytes[at] === OPEN_OBJECT) return "an object";
  let end = at + 1;
  if (bytes[at] === QUOTE) {
    while (end < bytes.length && bytes[end] !== QUOTE) end += bytes[end] === BACKSLASH ? 2 : 1;
    end++;
  } else {
    while (end < bytes.length && !isDelimiter(bytes[end])) end++;
  }
  const text = utf8.decode(bytes.subarray(at, Math.min(end, at + 60)));
  return end - at > 60 ? `${text}…` : text;
}

function isDelimiter(byte: number | undefined): boolean {
  return isJsonSpace(byte) || byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT;
}
