// The two answers of an OTLP receiver, in both of its encodings: google.rpc.Status for a refusal and
// ExportTraceServiceResponse for everything that was taken. Both are a few bytes, so they are written by hand.
// https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto

/** As gRPC numbers them. */
export const RpcCode = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  /** Present: the client may send the same again after this time (google.rpc.RetryInfo). */
  readonly retryAfterMs?: number;
}

export interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly message: string;
}

const RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

export function statusProtobuf(status: RpcStatus): Buffer {
  const parts = [varintField(1, status.code), bytesField(2, Buffer.from(status.message))];
  if (status.retryAfterMs !== undefined) {
    const seconds = Math.floor(status.retryAfterMs / 1000);
    const nanos = Math.round((status.retryAfterMs % 1000) * 1e6);
    const delay = Buffer.concat([varintField(1, seconds), varintField(2, nanos)]);
    const retryInfo = bytesField(1, delay);
    const any = Buffer.concat([bytesField(1, Buffer.from(RETRY_INFO)), bytesField(2, retryInfo)]);
    parts.push(bytesField(3, any));
  }
  return Buffer.concat(parts);
}

export function statusJson(status: RpcStatus): string {
  const { code, message, retryAfterMs } = status;
  if (retryAfterMs === undefined) return JSON.stringify({ code, message });
  const details = [{ "@type": RETRY_INFO, retryDelay: `${retryAfterMs / 1000}s` }];
  return JSON.stringify({ code, message, details });
}

/** All was taken: an empty message. */
const EMPTY = Buffer.alloc(0);

export function exportResponseProtobuf(partial: PartialSuccess | undefined): Buffer {
  if (partial === undefined) return EMPTY;
  const fields = [
    varintField(1, partial.rejectedSpans),
    bytesField(2, Buffer.from(partial.message)),
  ];
  return bytesField(1, Buffer.concat(fields));
}

export function exportResponseJson(partial: PartialSuccess | undefined): string {
  if (partial === undefined) return "{}";
  const { rejectedSpans, message } = partial;
  return JSON.stringify({
    partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage: message },
  });
}

function varintField(field: number, value: number): Buffer {
  return value === 0 ? EMPTY : Buffer.from([field << 3, ...varint(value)]);
}

function bytesField(field: number, bytes: Uint8Array): Buffer {
  if (bytes.length === 0) return EMPTY;
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}
