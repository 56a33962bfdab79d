// Requests of Jaeger's query services, v2 and v3: field numbers of
// https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v3/query_service.proto and api_v2/query.proto, which are
// the same but for the type of a trace's id. Bytes that are no such message are a WireError.

import { hexOf, type UnixNanos } from "@culprit/trace-model";
import { ProtobufReader } from "@culprit/wire";

type ReadField = (reader: ProtobufReader, end: number) => void;
/** By tag: the field's number and its wire type. */
type Fields = Readonly<Record<number, ReadField>>;

export interface TraceRequest {
  /** As it was sent: text in v3, hex of the bytes in v2. */
  readonly traceId: string;
  readonly isRaw: boolean;
}

export function readV3TraceRequest(bytes: Uint8Array): TraceRequest {
  const request = { traceId: "", isRaw: false };
  readAll(bytes, {
    10: text((traceId) => {
      request.traceId = traceId;
    }),
    32: truth((isRaw) => {
      request.isRaw = isRaw;
    }),
  });
  return request;
}

/** GetTraceRequest, and ArchiveTraceRequest, which is never raw. */
export function readV2TraceRequest(bytes: Uint8Array): TraceRequest {
  const request = { traceId: "", isRaw: false };
  readAll(bytes, {
    10: (reader, end) => {
      const stop = reader.lengthEnd(end);
      request.traceId = hexOf(reader.bytes, reader.at, stop);
      reader.at = stop;
    },
    32: truth((isRaw) => {
      request.isRaw = isRaw;
    }),
  });
  return request;
}

/** TraceQueryParameters; what is absent is "", undefined, 0 or false. */
export interface SearchRequest {
  readonly service: string;
  readonly operation: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly startMinUnixNano: UnixNanos | undefined;
  readonly startMaxUnixNano: UnixNanos | undefined;
  readonly durationMinNanos: number | undefined;
  readonly durationMaxNanos: number | undefined;
  readonly searchDepth: number;
  readonly isRaw: boolean;
  readonly hasFilter: boolean;
}

/** FindTracesRequest or FindTraceSummariesRequest; undefined without a query. */
export function readSearchRequest(bytes: Uint8Array): SearchRequest | undefined {
  let search: SearchRequest | undefined;
  readAll(bytes, {
    10: (reader, end) => {
      search = readSearch(reader, reader.lengthEnd(end));
    },
  });
  return search;
}

function readSearch(reader: ProtobufReader, end: number): SearchRequest {
  const attributes = new Map<string, string>();
  const search: { -readonly [K in keyof SearchRequest]: SearchRequest[K] } = {
    service: "",
    operation: "",
    attributes,
    startMinUnixNano: undefined,
    startMaxUnixNano: undefined,
    durationMinNanos: undefined,
    durationMaxNanos: undefined,
    searchDepth: 0,
    isRaw: false,
    hasFilter: false,
  };
  readFields(reader, end, {
    10: text((service) => {
      search.service = service;
    }),
    18: text((operation) => {
      search.operation = operation;
    }),
    26: (from, stop) => readEntry(from, from.lengthEnd(stop), attributes),
    34: time((nanos) => {
      search.startMinUnixNano = momentOf(nanos);
    }),
    42: time((nanos) => {
      search.startMaxUnixNano = momentOf(nanos);
    }),
    50: time((nanos) => {
      search.durationMinNanos = lengthOf(nanos);
    }),
    58: time((nanos) => {
      search.durationMaxNanos = lengthOf(nanos);
    }),
    64: (from, stop) => {
      search.searchDepth = from.varint32(stop);
    },
    72: truth((isRaw) => {
      search.isRaw = isRaw;
    }),
    82: (from, stop) => {
      search.hasFilter = true;
      from.at = from.lengthEnd(stop);
    },
  });
  return search;
}

export interface OperationsRequest {
  readonly service: string;
  readonly spanKind: string;
}

export function readOperationsRequest(bytes: Uint8Array): OperationsRequest {
  const request = { service: "", spanKind: "" };
  readAll(bytes, {
    10: text((service) => {
      request.service = service;
    }),
    18: text((spanKind) => {
      request.spanKind = spanKind;
    }),
  });
  return request;
}

export interface WindowRequest {
  readonly startUnixNano: UnixNanos | undefined;
  readonly endUnixNano: UnixNanos | undefined;
}

/** GetDependenciesRequest */
export function readWindowRequest(bytes: Uint8Array): WindowRequest {
  const request: { -readonly [K in keyof WindowRequest]: WindowRequest[K] } = {
    startUnixNano: undefined,
    endUnixNano: undefined,
  };
  readAll(bytes, {
    10: time((nanos) => {
      request.startUnixNano = momentOf(nanos);
    }),
    18: time((nanos) => {
      request.endUnixNano = momentOf(nanos);
    }),
  });
  return request;
}

function readAll(bytes: Uint8Array, fields: Fields): void {
  const reader = new ProtobufReader();
  reader.reset(bytes);
  readFields(reader, bytes.length, fields);
}

function readFields(reader: ProtobufReader, end: number, fields: Fields): void {
  while (reader.at < end) {
    const tag = reader.varint32(end);
    const read = fields[tag];
    if (read === undefined) reader.skip(tag, end);
    else read(reader, end);
  }
}

/** An entry of a map of strings. */
function readEntry(reader: ProtobufReader, end: number, into: Map<string, string>): void {
  let key = "";
  let value = "";
  readFields(reader, end, {
    10: text((read) => {
      key = read;
    }),
    18: text((read) => {
      value = read;
    }),
  });
  into.set(key, value);
}

function text(set: (text: string) => void): ReadField {
  return (reader, end) => {
    const stop = reader.lengthEnd(end);
    set(reader.text(reader.at, stop));
    reader.at = stop;
  };
}

function truth(set: (truth: boolean) => void): ReadField {
  return (reader, end) => {
    reader.varint64(end);
    set((reader.low | reader.high) !== 0);
  };
}

/** A google.protobuf.Timestamp or Duration, in nanoseconds. */
function time(set: (nanos: bigint) => void): ReadField {
  return (reader, end) => {
    let seconds = 0n;
    let nanos = 0;
    readFields(reader, reader.lengthEnd(end), {
      8: (from, stop) => {
        from.varint64(stop);
        seconds = BigInt.asIntN(64, (BigInt(from.high) << 32n) | BigInt(from.low >>> 0));
      },
      16: (from, stop) => {
        nanos = from.varint32(stop);
      },
    });
    set(seconds * 1_000_000_000n + BigInt(nanos));
  };
}

/** Go's clients cannot leave a time out: they send the first moment of year 1. */
const GO_NO_TIME = -62_135_596_800n * 1_000_000_000n;

function momentOf(nanos: bigint): UnixNanos | undefined {
  if (nanos <= GO_NO_TIME) return undefined;
  if (nanos < 0n) return 0n;
  return nanos < 2n ** 64n ? nanos : 2n ** 64n - 1n;
}

/** Nor a duration: 0 is none. */
function lengthOf(nanos: bigint): number | undefined {
  return nanos === 0n ? undefined : Number(nanos);
}
