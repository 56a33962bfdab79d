// One frame of a folded stack: `service operation`. The format has two characters of its own, the semicolon between
// frames and the line feed after a stack; tools take the last space of a line as the one before the number.
// https://github.com/brendangregg/FlameGraph#2-fold-stacks

export const FRAME_SEPARATOR = ";";

/** Names are sometimes whole statements; a flame graph shows a line of them. */
const MAX_NAME = 120;

export function frameOf(service: string, operation: string): string {
  return `${nameOf(service)} ${nameOf(operation)}`;
}

/** What a line of the format and a frame of it cannot hold. */
const UNFIT = /[;\p{Cc}\p{Zl}\p{Zp}]|^\s|\s$/u;

function nameOf(text: string): string {
  if (text !== "" && text.length <= MAX_NAME && !UNFIT.test(text)) return text;
  const plain = text
    .slice(0, MAX_NAME + 1)
    .replaceAll(FRAME_SEPARATOR, ",")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
  if (plain === "") return "-";
  return text.length > MAX_NAME ? `${plain.slice(0, MAX_NAME).toWellFormed()}…` : plain;
}
