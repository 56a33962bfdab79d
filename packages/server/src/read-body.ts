// Reads a request body into one buffer, never beyond a limit, neither as it comes nor unpacked.
// The common case, a body of known length under a megabyte, is copied once, from the socket's chunks into a pooled
// buffer. Unpacked bytes are counted as they appear, so that a bomb of gzip stops at the limit.

import type { IncomingMessage } from "node:http";
import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import type { BufferPool } from "./buffer-pool.ts";
import type { ByteBudget } from "./byte-budget.ts";

export interface BodyLimits {
  /** Of one body, as it comes and unpacked. */
  readonly maxBodyBytes: number;
  readonly budget: ByteBudget;
  /** What a byte of this body counts in the budget: more than 1 where decoding makes more of it; 1 when absent. */
  readonly weight?: number;
  readonly pool: BufferPool;
}

export type BodyOutcome =
  /** `release` gives the bytes back; call it once, and do not touch them afterwards. */
  | { readonly kind: "body"; readonly bytes: Buffer; release(): void }
  | { readonly kind: "too-large" }
  /** The bytes in flight of all requests together are at their bound. */
  | { readonly kind: "busy" }
  | { readonly kind: "unknown-encoding"; readonly encoding: string }
  | { readonly kind: "corrupt"; readonly message: string }
  /** The client went away. */
  | { readonly kind: "aborted" };

/** zstd came to Node with 22.15. */
export const CONTENT_ENCODINGS: readonly string[] =
  typeof zlib.createZstdDecompress === "function"
    ? ["gzip", "deflate", "zstd"]
    : ["gzip", "deflate"];

/** Unpacked this much at a time: 64 KiB chunks cost a third of the default's round trips to the thread pool. */
const UNPACK_CHUNK_BYTES = 64 * 1024;

/** A body that claims more is collected as it comes, so that a claim alone reserves no memory. */
const MAX_CLAIMED_BYTES = 1024 * 1024;

export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<BodyOutcome> {
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding !== "identity" && encoding !== "" && !CONTENT_ENCODINGS.includes(encoding)) {
    return { kind: "unknown-encoding", encoding };
  }
  const claimedBytes = Number(request.headers["content-length"] ?? Number.NaN);
  if (claimedBytes > limits.maxBodyBytes) return { kind: "too-large" };
  const isPacked = encoding !== "identity" && encoding !== "";
  const rawLimits = isPacked ? { ...limits, weight: 1 } : limits;
  const raw =
    claimedBytes <= MAX_CLAIMED_BYTES
      ? await readClaimed(request, claimedBytes, rawLimits)
      : await collect(request, rawLimits);
  if (raw.kind !== "body" || !isPacked) return raw;
  try {
    return await unpack(raw.bytes, encoding, limits);
  } finally {
    raw.release();
  }
}

function readClaimed(
  request: IncomingMessage,
  claimedBytes: number,
  { budget, pool, weight = 1 }: BodyLimits,
): Promise<BodyOutcome> {
  if (!budget.reserve(claimedBytes * weight)) return Promise.resolve({ kind: "busy" });
  const buffer = pool.acquire(claimedBytes);
  const release = (): void => {
    budget.release(claimedBytes * weight);
    pool.release(buffer);
  };
  return new Promise((resolve) => {
    let used = 0;
    // Node's parser holds the body to its Content-Length, so the chunks fit.
    request.on("data", (chunk: Buffer) => {
      used += chunk.copy(buffer, used);
      letGo(chunk);
    });
    request.on("end", () =>
      resolve({ kind: "body", bytes: buffer.subarray(0, claimedBytes), release }),
    );
    request.on("close", () => {
      if (request.complete) return;
      release();
      resolve({ kind: "aborted" });
    });
    request.on("error", ignore);
  });
}

/** All of a stream as one buffer; stops at the limit of a body and at the budget. What still comes is discarded. */
function collect(
  stream: IncomingMessage | Transform,
  { maxBodyBytes, budget, weight = 1 }: Omit<BodyLimits, "pool">,
): Promise<BodyOutcome> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  let done = false;
  return new Promise((resolve) => {
    const finish = (outcome: BodyOutcome): void => {
      if (done) return;
      done = true;
      if (outcome.kind !== "body") budget.release(sizeBytes * weight);
      chunks.length = 0;
      resolve(outcome);
    };
    stream.on("data", (chunk: Buffer) => {
      if (done) return;
      if (sizeBytes + chunk.length > maxBodyBytes) return finish({ kind: "too-large" });
      if (!budget.reserve(chunk.length * weight)) return finish({ kind: "busy" });
      sizeBytes += chunk.length;
      chunks.push(chunk);
    });
    stream.on("end", () => {
      const [only] = chunks;
      const bytes = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
      finish({ kind: "body", bytes, release: () => budget.release(sizeBytes * weight) });
    });
    stream.on("error", (error) => finish({ kind: "corrupt", message: error.message }));
    stream.on("close", () => finish({ kind: "aborted" }));
  });
}

export async function unpack(
  packed: Buffer,
  encoding: string,
  limits: Omit<BodyLimits, "pool">,
): Promise<BodyOutcome> {
  const unpacker = newUnpacker(encoding, packed);
  unpacker.end(packed);
  const outcome = await collect(unpacker, limits);
  unpacker.destroy();
  return outcome.kind === "corrupt"
    ? { kind: "corrupt", message: `the body is not valid ${encoding}: ${outcome.message}` }
    : outcome;
}

function newUnpacker(encoding: string, packed: Buffer): Transform {
  const options = { chunkSize: UNPACK_CHUNK_BYTES };
  if (encoding === "gzip") return zlib.createGunzip(options);
  if (encoding === "zstd") return zlib.createZstdDecompress(options);
  // HTTP's "deflate" is zlib, but clients that send the bare stream exist; zlib starts with 8 in the low half byte.
  return ((packed[0] ?? 8) & 15) === 8
    ? zlib.createInflate(options)
    : zlib.createInflateRaw(options);
}

/**
 * Frees memory that nobody else looks at, now rather than with the next collection of old garbage. Chunks of 64 KiB that
 * wait for one bring it about: three a second at 300 requests, which was a tenth of a processor.
 */
function letGo({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

function ignore(): void {
  // An aborted request is told by "close".
}
