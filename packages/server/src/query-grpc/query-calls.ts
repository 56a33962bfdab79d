// What v2 and v3 of Jaeger's query service have in common: the questions, whatever the form of the answers.

import type { DependencyReader, StoredTrace, TraceArchive, TraceReader } from "@culprit/store";
import type { Span } from "@culprit/trace-model";
import { adjustedSpans } from "../query/adjusted-spans.ts";
import { findTraces } from "../query/found-traces.ts";
import { ParameterError } from "../query/parameter-error.ts";
import { inPieces } from "../query/span-pieces.ts";
import { parseTraceId } from "../query/trace-id.ts";
import { DEFAULT_SEARCH_DEPTH, MAX_LIMIT, traceQueryOf } from "../query/trace-query.ts";
import { NotFound } from "./grpc-answering.ts";
import type { SearchRequest, TraceRequest } from "./query-requests.ts";

export interface QueryGrpcParts {
  readonly reader: TraceReader;
  readonly archive: TraceArchive;
  readonly dependencies: DependencyReader;
}

export type EncodeSpans = (spans: readonly Span[]) => Uint8Array;

/** Large enough that few messages hold a trace. */
const PIECE_SPANS = 256;
/** Clients take 4 MiB unless told otherwise. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

/** @throws NotFound */
export async function* traceMessages(
  reader: TraceReader,
  { traceId, isRaw }: TraceRequest,
  encode: EncodeSpans,
): AsyncGenerator<Uint8Array> {
  const trace = await reader.trace(fullTraceId(traceId));
  if (trace === undefined) throw new NotFound("trace not found");
  yield* messagesOf(trace, isRaw, encode);
}

export async function* foundMessages(
  reader: TraceReader,
  search: SearchRequest,
  encode: EncodeSpans,
): AsyncGenerator<Uint8Array> {
  for await (const trace of found(reader, search)) yield* messagesOf(trace, search.isRaw, encode);
}

/** @throws ParameterError */
export function found(reader: TraceReader, search: SearchRequest): AsyncGenerator<StoredTrace> {
  const { searchDepth, startMinUnixNano, startMaxUnixNano } = search;
  if (search.hasFilter) throw new ParameterError("filter is not supported; use attributes");
  if (searchDepth < 0) throw new ParameterError("search depth must be greater than 0");
  const isOrdered =
    startMinUnixNano === undefined ||
    startMaxUnixNano === undefined ||
    startMinUnixNano <= startMaxUnixNano;
  if (!isOrdered) throw new ParameterError("start_time_min must be before start_time_max");
  // On this wire 0 is the same as absent.
  const limit = searchDepth === 0 ? DEFAULT_SEARCH_DEPTH : Math.min(searchDepth, MAX_LIMIT);
  return findTraces(reader, traceQueryOf({ ...search, limit }));
}

function* messagesOf(
  { spans }: StoredTrace,
  isRaw: boolean,
  encode: EncodeSpans,
): Generator<Uint8Array> {
  const adjusted = adjustedSpans(spans, isRaw);
  for (let i = 0; i < adjusted.length; i += PIECE_SPANS) {
    yield* inPieces(adjusted.slice(i, i + PIECE_SPANS), (piece) => {
      const bytes = encode(piece);
      return bytes.length > MAX_MESSAGE_BYTES && piece.length > 1 ? undefined : bytes;
    });
  }
}

/** @throws NotFound */
export async function archiveTrace(
  archive: TraceArchive,
  { traceId }: TraceRequest,
): Promise<void> {
  if (!(await archive.archive(fullTraceId(traceId)))) throw new NotFound("trace not found");
}

function fullTraceId(text: string): string {
  if (/^0*$/.test(text)) throw new ParameterError("a trace id is required");
  const id = parseTraceId(text);
  if ("error" in id) throw new ParameterError(`malformed trace id: ${id.error}`);
  return id.traceId;
}
