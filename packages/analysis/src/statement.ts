// Statements that differ only in their values are one statement: literals and placeholders become `?`, lists of them
// one `?`, comments go, white space and case of what is not quoted count for nothing. Where there is no SQL, numbers,
// quoted texts and ids become `?`.

import type { Span } from "@culprit/trace-model";
import { getSegments } from "sql-highlight";
import {
  COLLECTION,
  DATABASE,
  DATABASE_OPERATION,
  firstText,
  QUERY_SUMMARY,
  STATEMENT,
} from "./conventions.ts";

/** A statement's shape shows early; what lies beyond would cost time on every long list of values. */
const MAX_LENGTH = 4096;
/** Statements remembered: some megabytes. Those with values written into them are new each time. */
const MAX_REMEMBERED = 10_000;
const remembered = new Map<string, string>();

const NOT_SQL = /redis|mongo|memcache|dynamo|elastic|opensearch|neo4j|couch|hbase|geode|valkey/i;

/** What makes two queries the same; undefined where the span does not say what it asked for. */
export function statementOf({ attributes }: Span): string | undefined {
  const text = firstText(attributes, STATEMENT);
  const system = firstText(attributes, DATABASE) ?? "";
  const collection = firstText(attributes, COLLECTION);
  if (text !== undefined) return `${system} ${collection} ${normalised(text, system)}`;
  const summary = firstText(attributes, QUERY_SUMMARY);
  if (summary !== undefined) return `${system} ${summary}`;
  const operation = firstText(attributes, DATABASE_OPERATION);
  if (operation === undefined || collection === undefined) return undefined;
  return `${system} ${operation} ${collection}`;
}

export function normalised(text: string, system: string): string {
  const key = text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH) : text;
  const isSql = !NOT_SQL.test(system);
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const result = isSql ? normalisedSql(key, /mysql|maria/i.test(system)) : withoutValues(key);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(key, result);
  return result;
}

/** Quoted texts but for keys, numbers and ids of hex digits become `?`. */
function withoutValues(text: string): string {
  return text
    .replace(/'[^']*'|"(?:[^"\\]|\\.)*"(\s*:)?/g, (quoted, colon) =>
      colon === undefined ? "?" : quoted,
    )
    .replace(/\b(?=[0-9a-f-]*\d)[0-9a-f][0-9a-f-]{7,}\b|\d+/gi, "?")
    .replace(/\s+/g, " ")
    .trim();
}

function normalisedSql(text: string, isMySql: boolean): string {
  const words: string[] = [];
  // The tokenizer takes # for a comment, as only MySQL does; elsewhere it is part of an operator.
  const segments = getSegments(isMySql ? text : text.replaceAll("#", "~"));
  // The literal that ends just before a segment.
  let literal = "";
  for (const { name, content } of segments) {
    const previous = words.at(-1);
    const before = literal;
    literal = "";
    if (name === "whitespace" || name === "comment") continue;
    // A quote that nothing closes: the statement was cut inside a literal.
    if (name === "special" && content === "'") {
      words.push("?");
      break;
    }
    const isQuotedName = content.startsWith('"') && !isMySql;
    const word = isQuotedName || content.startsWith("`") ? content : content.toLowerCase();
    if (name === "number" || (name === "string" && !isQuotedName)) {
      literal = name;
      // 'it''s' comes as two texts, 0xff12 as numbers and letters.
      if (before === name) continue;
      // $1, and E'…', N'…', X'…'.
      if (previous === "$" || (name === "string" && /^[enxb]$/.test(previous ?? ""))) words.pop();
      words.push("?");
      continue;
    }
    if (before === "number" && /^[a-z0-9_]$/.test(word)) {
      literal = before;
      continue;
    }
    const isWord = name === "identifier" || name === "keyword" || name === "function";
    if (isWord && isNamedParameter(words)) {
      words[words.length - 1] = "?";
      continue;
    }
    if (/^(?:null|true|false)$/.test(word) && previous !== "is" && previous !== "not") {
      words.push("?");
      continue;
    }
    words.push(word);
  }
  return words
    .join(" ")
    .replace(/\?(?: , \?)+/g, "?")
    .replace(/(\( \? \))(?: , \( \? \))+/g, "$1");
}

/** `:name` and `@name`, but neither `::type` nor `@@variable`. */
function isNamedParameter(words: readonly string[]): boolean {
  const mark = words.at(-1);
  return (mark === ":" || mark === "@") && words.at(-2) !== mark;
}
