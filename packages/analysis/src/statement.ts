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
import type { TraceStatements } from "./trace-statements.ts";

/** A statement's shape shows early; what lies beyond would cost time on every long list of values. */
export const MAX_LENGTH = 4096;
/** Statements remembered: some megabytes. Those with values written into them are new each time. */
const MAX_REMEMBERED = 10_000;
const NOT_SQL = /redis|mongo|memcache|dynamo|elastic|opensearch|neo4j|couch|hbase|geode|valkey/i;
const KEYED = /redis|valkey|memcache/i;
const BACKTICKS = /mysql|maria/i;

type Language = "sql" | "mysql" | "keyed" | "other";
/** By language: the same text may mean something else in another. */
const remembered: Readonly<Record<Language, Map<string, string>>> = {
  sql: new Map(),
  mysql: new Map(),
  keyed: new Map(),
  other: new Map(),
};

function languageOf(system: string): Language {
  if (KEYED.test(system)) return "keyed";
  if (NOT_SQL.test(system)) return "other";
  return BACKTICKS.test(system) ? "mysql" : "sql";
}

/** What makes two queries the same; undefined where the span does not say what it asked for. */
export function statementOf({ attributes }: Span, statements: TraceStatements): string | undefined {
  const text = firstText(attributes, STATEMENT);
  const system = firstText(attributes, DATABASE) ?? "";
  const collection = firstText(attributes, COLLECTION);
  if (text !== undefined) return `${system} ${collection} ${statements.normalised(text, system)}`;
  const summary = firstText(attributes, QUERY_SUMMARY);
  if (summary !== undefined) return `${system} ${summary}`;
  const operation = firstText(attributes, DATABASE_OPERATION);
  if (operation === undefined || collection === undefined) return undefined;
  return `${system} ${operation} ${collection}`;
}

export function normalised(text: string, system: string): string {
  const key = text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH) : text;
  const language = languageOf(system);
  const memory = remembered[language];
  const known = memory.get(key);
  if (known !== undefined) return known;
  const result = normalisedIn(language, key);
  if (memory.size >= MAX_REMEMBERED) memory.clear();
  memory.set(key, result);
  return result;
}

function normalisedIn(language: Language, text: string): string {
  if (language === "keyed") return withoutKeys(text);
  return language === "other" ? withoutValues(text) : normalisedSql(text, language === "mysql");
}

/** A command with what stands before the first colon of its key: `GET user:?`. What it is given are values. */
function withoutKeys(text: string): string {
  const [command = "", key = ""] = text.trim().split(/\s+/, 2);
  const colon = key.indexOf(":");
  return `${command.toLowerCase()} ${colon < 0 ? "" : withoutValues(key.slice(0, colon + 1))}?`;
}

/** Quoted texts but for keys, numbers and ids of hex digits become `?`. */
export function withoutValues(text: string): string {
  return text
    .replace(/'[^']*'|"(?:[^"\\]|\\.)*"(\s*:)?/g, (quoted, colon) =>
      colon === undefined ? "?" : quoted,
    )
    .replace(/\b(?=[0-9a-f-]*\d)[0-9a-f][0-9a-f-]{7,}\b|\d+/gi, "?")
    .replace(/\s+/g, " ")
    .trim();
}

/** PostgreSQL's $$text$$ and $tag$text$tag$, which the tokenizer does not know; quotes and comments are passed over. */
const DOLLAR_QUOTED =
  /'(?:[^']|'')*'|"[^"]*"|--[^\n]*|\/\*[\s\S]*?\*\/|(\$(?:[a-z_]\w*)?\$)(?:[\s\S]*?\1|[\s\S]*$)/gi;

function withoutDollarQuotes(text: string): string {
  if (!text.includes("$")) return text;
  return text.replace(DOLLAR_QUOTED, (whole, tag) => (tag === undefined ? whole : "'?'"));
}

function normalisedSql(text: string, isMySql: boolean): string {
  const words: string[] = [];
  // The tokenizer takes # for a comment, as only MySQL does; elsewhere it is part of an operator.
  const segments = getSegments(isMySql ? text : withoutDollarQuotes(text).replaceAll("#", "~"));
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
