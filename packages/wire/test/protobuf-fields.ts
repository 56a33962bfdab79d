// Protobuf by hand, for messages that no encoder writes.

export type Part = Uint8Array | readonly number[];

export function joined(...parts: readonly Part[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}

export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}

/** A length-delimited field. */
export function field(number: number, ...parts: readonly Part[]): Uint8Array {
  const content = joined(...parts);
  return joined(varint(number * 8 + 2), varint(content.length), content);
}

export function text(number: number, content: string): Uint8Array {
  return field(number, new TextEncoder().encode(content));
}

export const TRACE_ID: Uint8Array = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
export const SPAN_ID: Uint8Array = Uint8Array.from({ length: 8 }, (_, i) => i + 0x21);

/** Ids that every span needs. */
export function ids(): Uint8Array {
  return joined(field(1, TRACE_ID), field(2, SPAN_ID));
}

/** A request with these Span messages in one resource and scope. */
export function request(...spans: readonly Part[]): Uint8Array {
  return field(1, field(2, ...spans.map((span) => field(2, span))));
}
