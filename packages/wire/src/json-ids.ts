const HEX = /^[0-9a-fA-F]*$/;
const ZEROS = /^0*$/;

/** Lower-case hex of exactly so many digits that are not all zero, else undefined. */
export function idOfHex(text: string, digits: 16 | 32): string | undefined {
  if (text.length !== digits || !HEX.test(text) || ZEROS.test(text)) return undefined;
  return text.toLowerCase();
}

/** As {@link idOfHex}, but "" and zeros count as an id of zeros, which a link may have. */
export function linkIdOfHex(text: string, digits: 16 | 32): string | undefined {
  if (text === "") return "0".repeat(digits);
  return text.length === digits && HEX.test(text) ? text.toLowerCase() : undefined;
}
