// Trace files of every format that wire knows, packed or not, from disk or standard input. OTLP/JSON lines, the one
// format in which large collections come, is read piece by piece; the others are one document and are read whole.

import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type Span, SpanCollector } from "@culprit/trace-model";
import { decodeFile, type FileOutcome, sniffFormat, WireError } from "@culprit/wire";
import { CommandFailed } from "./cli-error.ts";
import { userPath } from "./user-path.ts";

export interface SpanBatch {
  readonly spans: readonly Span[];
  /** One line for each thing that was left out. */
  readonly warnings: readonly string[];
}

/** Lines are decoded in pieces of about this size: some ten thousand spans. */
const PIECE_BYTES = 16 * 1024 * 1024;

const NEWLINE = 0x0a;
const GZIP_MAGIC = [0x1f, 0x8b];

/** @param name a path, or "-" for standard input */
export async function* readTraceFile(name: string): AsyncGenerator<SpanBatch> {
  const label = name === "-" ? "standard input" : name;
  try {
    for await (const piece of pieces(unpacked(open(name)))) yield decode(piece, label);
  } catch (error) {
    if (error instanceof WireError)
      throw new CommandFailed(`${label}: ${error.message}`, { cause: error });
    if (error instanceof Error && "code" in error) {
      const isMissing = error.code === "ENOENT";
      throw new CommandFailed(
        isMissing ? `there is no file ${label}` : `${label}: ${error.message}`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}

function open(name: string): Readable {
  return name === "-"
    ? process.stdin
    : createReadStream(userPath(name), { highWaterMark: 1 << 20 });
}

/** gzip is told by its first bytes, so that it works on standard input, too. */
async function* unpacked(source: Readable): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  if (first.done === true) return;
  const all = async function* (): AsyncGenerator<Buffer> {
    yield first.value;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      yield next.value;
    }
  };
  const isGzip = GZIP_MAGIC.every((byte, index) => first.value[index] === byte);
  if (!isGzip) return yield* all();
  const gunzip = createGunzip({ chunkSize: 1 << 20 });
  const piped = pipeline(all, gunzip);
  // A failure also ends the iteration below with the same error.
  piped.catch(() => undefined);
  yield* gunzip as AsyncIterable<Buffer>;
  await piped;
}

/** The whole file, or pieces of whole lines where the format allows it. */
async function* pieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let isLines: boolean | undefined;
  for await (const chunk of source) {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < PIECE_BYTES || isLines === false) continue;
    const bytes = Buffer.concat(held);
    isLines ??= sniffFormat(bytes) === "otlp-json-lines";
    const end = isLines ? bytes.lastIndexOf(NEWLINE) + 1 : 0;
    if (end > 0) yield bytes.subarray(0, end);
    held = [bytes.subarray(end)];
    heldBytes = bytes.length - end;
  }
  if (heldBytes > 0 || isLines === undefined) yield Buffer.concat(held);
}

function decode(bytes: Buffer, label: string): SpanBatch {
  const collector = new SpanCollector();
  const outcome = decodeFile(bytes, collector);
  return { spans: collector.spans, warnings: warningsOf(outcome, label) };
}

function warningsOf(outcome: FileOutcome, label: string): string[] {
  const warnings: string[] = [];
  if (outcome.rejectedMessage !== "") warnings.push(`${label}: ${outcome.rejectedMessage}`);
  const [bad] = outcome.badLines;
  if (bad !== undefined) {
    const noun = outcome.badLineCount === 1 ? "line" : "lines";
    warnings.push(
      `${label}: ${outcome.badLineCount} ${noun} could not be read; the first: line ${bad.line}: ${bad.message}`,
    );
  }
  return warnings;
}
