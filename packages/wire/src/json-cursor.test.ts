import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CLOSE_ARRAY, CLOSE_OBJECT, JsonCursor, OPEN_ARRAY, OPEN_OBJECT } from "./json-cursor.ts";
import { WireError } from "./wire-error.ts";

const encoder = new TextEncoder();
const QUOTE = 0x22;

/** The whole document, by nothing but the cursor. */
function parsed(bytes: Uint8Array): unknown {
  const cursor = new JsonCursor();
  cursor.reset(bytes);
  const value = valueAt(cursor);
  cursor.end();
  return value;
}

function valueAt(cursor: JsonCursor): unknown {
  const byte = cursor.peek();
  if (byte === OPEN_OBJECT) {
    const entries: [string, unknown][] = [];
    for (let more = cursor.object(); more; more = cursor.more(CLOSE_OBJECT)) {
      cursor.key();
      const key = cursor.textValue();
      entries.push([key, valueAt(cursor)]);
    }
    return Object.fromEntries(entries);
  }
  if (byte === OPEN_ARRAY) {
    const values: unknown[] = [];
    for (let more = cursor.array(); more; more = cursor.more(CLOSE_ARRAY)) {
      values.push(valueAt(cursor));
    }
    return values;
  }
  if (cursor.null()) return null;
  if (byte !== QUOTE) {
    const digits = cursor.digits();
    if (digits >= 0) return digits;
  }
  const hadQuotes = cursor.scalar();
  const text = cursor.textValue();
  if (hadQuotes) return text;
  return text === "true" || text === "false" ? text === "true" : Number(text);
}

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    '"',
    "\\",
    "/",
    "\b\f\n\r\t",
    "\u0000",
    "é",
    "€",
    "\u{1f680}",
    "\ud83d",
    "\ude80",
  ),
);

const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small" },
    text,
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
    fc.array(tie("json"), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: "binary" }), tie("json"), { maxKeys: 4 }),
  ),
}));

/** The same document with more escapes than are needed. */
function escaped(document: string): string {
  return document.replaceAll(/[^\t\n -~]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

test("any document means what JSON.parse says it means, whatever is escaped", () => {
  fc.assert(
    fc.property(json, fc.constantFrom("", " ", "\t"), (value, indent) => {
      for (const document of [
        JSON.stringify(value, null, indent),
        escaped(JSON.stringify(value, null, indent)),
        `\ufeff \r\n${JSON.stringify(value)}\n`,
      ]) {
        const wanted = JSON.stringify(JSON.parse(document.replace("\ufeff", "")));
        // Half of a character is U+FFFD in UTF-8.
        const inUtf8 = wanted.replaceAll(/\\ud[89a-f]../g, "\ufffd");
        assert.equal(JSON.stringify(parsed(encoder.encode(document))), inUtf8);
      }
    }),
    { numRuns: 500 },
  );
});

test("a document is refused when JSON.parse refuses it, and only then", () => {
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  fc.assert(
    fc.property(
      json,
      fc.nat(),
      fc.constantFrom('"', "\\", ",", ":", "[", "}", "0", "-", ".", "e", "n", "\n", "\u0001", "é"),
      fc.boolean(),
      (value, place, put, isInsert) => {
        const good = JSON.stringify(value);
        const at = place % (good.length + 1);
        const bytes = encoder.encode(good.slice(0, at) + put + good.slice(isInsert ? at : at + 1));
        const document = utf8.decode(bytes);
        let isGood = true;
        try {
          JSON.parse(document);
        } catch {
          isGood = false;
        }
        if (isGood) parsed(bytes);
        else assert.throws(() => parsed(bytes), WireError, document);
      },
    ),
    { numRuns: 3000 },
  );
});

test("what nests too deeply is refused, and not by the stack", () => {
  const cursor = new JsonCursor();
  for (const [open, close] of [
    ["[", "]"],
    ['{"a":', "}"],
  ] as const) {
    cursor.reset(encoder.encode(`${open.repeat(64)}1${close.repeat(64)}`));
    cursor.skip();
    cursor.end();
    cursor.reset(encoder.encode(open.repeat(1_000_000)));
    assert.throws(() => cursor.skip(), { code: "nested-too-deeply" });
  }
});

const WRONG: readonly (readonly [document: string, message: RegExp])[] = [
  ['[{"a":{"b c":[1,{"d":null},2,"x"]}}]', /^\[0\]\.a\.b c\[0\]: a string wanted, found 1$/],
  ['{"x":"[{\\"","y":[[],{"z":[7]}]}', /^y\[1\]\.z\[0\]: a string wanted, found 7$/],
  ["7", /^a string wanted, found 7$/],
];

for (const [document, message] of WRONG) {
  test(`the error of ${document} names the place`, () => {
    const cursor = new JsonCursor();
    cursor.reset(encoder.encode(document));
    // The first number that comes.
    while (
      cursor.bytes[cursor.at] !== undefined &&
      !/[17]/.test(String.fromCharCode(cursor.peek()))
    ) {
      if (cursor.peek() === QUOTE) cursor.skip();
      else cursor.at++;
    }
    assert.throws(() => cursor.text(), { name: "WireError", code: "wrong-type", message });
  });
}
