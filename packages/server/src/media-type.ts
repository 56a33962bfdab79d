// A Content-Type as RFC 9110 writes it (8.3.1): type/subtype, then parameters, which are checked and left aside.

export type MediaTypeOutcome =
  /** In lower case, without parameters. */
  | { readonly kind: "type"; readonly type: string }
  | { readonly kind: "malformed"; readonly reason: string };

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const TYPE = new RegExp(`^${TOKEN}(?:/${TOKEN})?$`);
const QUOTED = '"(?:[^"\\\\]|\\\\.)*"';
const PARAMETERS = new RegExp(`^(?:\\s*;\\s*(?:${TOKEN}\\s*=\\s*(?:${TOKEN}|${QUOTED}))?)*\\s*$`);

export function parseMediaType(header: string): MediaTypeOutcome {
  const end = header.indexOf(";");
  const type = (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
  if (type === "") return { kind: "malformed", reason: "no media type" };
  if (!TYPE.test(type)) return { kind: "malformed", reason: `"${type}" is no media type` };
  const parameters = end < 0 ? "" : header.slice(end);
  return PARAMETERS.test(parameters)
    ? { kind: "type", type }
    : { kind: "malformed", reason: `invalid media parameter in "${header}"` };
}
