// JSON lines: an OTLP document on each, as the OpenTelemetry Collector's file exporter writes them. Line by line over the
// bytes, so that a file may be larger than any string.

import { type Span, SpanReplay, type SpanSink } from "@culprit/trace-model";
import { type DecodeOutcome, OutcomeCount } from "./decode-outcome.ts";
import { parseExactJson, textOfUtf8 } from "./exact-json.ts";
import { isJsonSpace, isJsonStart, lineEnd, skipJsonSpace } from "./json-shape.ts";
import { OtlpJsonReader } from "./otlp-json-decoder.ts";
import { WireError, type WireErrorCode } from "./wire-error.ts";

export interface BadLine {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export interface JsonLinesOutcome extends DecodeOutcome {
  readonly badLineCount: number;
  /** The first of them, at most {@link MAX_BAD_LINES_KEPT}. */
  readonly badLines: readonly BadLine[];
}

export const MAX_BAD_LINES_KEPT = 20;

/**
 * A line that cannot be read is left out as a whole and reported; the others are kept.
 * @throws {WireError} the first fault, when no line can be read
 */
export function decodeOtlpJsonLines(bytes: Uint8Array, sink: SpanSink): JsonLinesOutcome {
  const replay = new SpanReplay(sink);
  const reader = new OtlpJsonReader();
  const count = new OutcomeCount();
  const badLines: BadLine[] = [];
  let badLineCount = 0;
  let goodLineCount = 0;
  let firstError: WireError | undefined;
  let line = 0;
  const bad = (code: WireErrorCode, message: string, cause?: WireError): void => {
    badLineCount++;
    firstError ??= new WireError(code, `line ${line}: ${message}`, { cause });
    if (badLines.length < MAX_BAD_LINES_KEPT) badLines.push({ line, message });
  };
  for (let at = 0; at < bytes.length; ) {
    const end = lineEnd(bytes, at);
    line++;
    if (!isBlank(bytes, at, end)) {
      const spans: Span[] = [];
      const inLine = new OutcomeCount();
      const shapeFault = shapeFaultOf(bytes, at, end);
      try {
        if (shapeFault !== undefined) {
          bad("malformed-json", shapeFault);
        } else {
          const parsed = parseExactJson(textOfUtf8(bytes.subarray(at, end)));
          reader.document(parsed, inLine, (span) => spans.push(span));
          goodLineCount++;
          count.add(inLine);
          for (const span of spans) replay.span(span);
        }
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        bad(error.code, error.message, error);
      }
    }
    at = end + 1;
  }
  if (goodLineCount === 0 && firstError !== undefined) throw firstError;
  return { ...count.outcome(), badLineCount, badLines };
}

/** What most damaged lines tell at their ends. A million errors that are thrown and caught would take ten seconds. */
function shapeFaultOf(bytes: Uint8Array, start: number, end: number): string | undefined {
  const first = bytes[skipJsonSpace(bytes, start)];
  if (!isJsonStart(first)) return "malformed JSON: not a document";
  let last = end - 1;
  while (isJsonSpace(bytes[last])) last--;
  // Closing brackets stand two behind the opening ones in ASCII.
  return bytes[last] === (first as number) + 2 ? undefined : "malformed JSON: cut off";
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (!isJsonSpace(bytes[i])) return false;
  }
  return true;
}
