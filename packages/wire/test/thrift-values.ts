// Thrift by hand: values with their types, and both protocols to write them in.

export type ThriftValue =
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "byte" | "i16" | "i32"; readonly value: number }
  | { readonly type: "i64"; readonly value: bigint }
  | { readonly type: "double"; readonly value: number }
  | { readonly type: "string"; readonly value: Uint8Array }
  | { readonly type: "struct"; readonly fields: readonly ThriftField[] }
  | { readonly type: "list" | "set"; readonly of: ThriftType; readonly values: ThriftValue[] }
  | {
      readonly type: "map";
      readonly of: readonly [ThriftType, ThriftType];
      readonly entries: readonly (readonly [ThriftValue, ThriftValue])[];
    };

export type ThriftField = readonly [id: number, value: ThriftValue];

export type ThriftType =
  | "bool"
  | "byte"
  | "i16"
  | "i32"
  | "i64"
  | "double"
  | "string"
  | "struct"
  | "list"
  | "set"
  | "map";

export const i32 = (value: number): ThriftValue => ({ type: "i32", value });
export const i64 = (value: bigint): ThriftValue => ({ type: "i64", value });
export const bool = (value: boolean): ThriftValue => ({ type: "bool", value });
export const double = (value: number): ThriftValue => ({ type: "double", value });
export const string = (value: string | Uint8Array): ThriftValue => ({
  type: "string",
  value: typeof value === "string" ? new TextEncoder().encode(value) : value,
});
export const struct = (...fields: readonly ThriftField[]): ThriftValue => ({
  type: "struct",
  fields,
});
export const list = (of: ThriftType, values: ThriftValue[]): ThriftValue => ({
  type: "list",
  of,
  values,
});

const BINARY: Readonly<Record<ThriftType, number>> = {
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
};

const COMPACT: Readonly<Record<ThriftType, number>> = {
  bool: 1,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  string: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
};

export type ThriftProtocol = "binary" | "compact";
export const THRIFT_PROTOCOLS: readonly ThriftProtocol[] = ["binary", "compact"];

export function thriftBytes(protocol: ThriftProtocol, value: ThriftValue): Uint8Array {
  const out: number[] = [];
  WRITE[protocol](out, value);
  return Uint8Array.from(out);
}

/** A oneway call with these arguments. */
export function thriftMessage(
  protocol: ThriftProtocol,
  method: string,
  args: ThriftValue,
): Uint8Array {
  const out = protocol === "binary" ? [0x80, 1, 0, 4] : [0x82, 0x81, 0];
  WRITE[protocol](out, string(method));
  if (protocol === "binary") out.push(0, 0, 0, 0);
  WRITE[protocol](out, args);
  return Uint8Array.from(out);
}

/** The form of messages before they had a version. */
export function oldThriftMessage(method: string, args: ThriftValue): Uint8Array {
  const out: number[] = [];
  writeBinary(out, string(method));
  out.push(4, 0, 0, 0, 0);
  writeBinary(out, args);
  return Uint8Array.from(out);
}

const WRITE: Readonly<Record<ThriftProtocol, (out: number[], value: ThriftValue) => void>> = {
  binary: writeBinary,
  compact: writeCompact,
};

function writeBinary(out: number[], value: ThriftValue): void {
  switch (value.type) {
    case "bool":
      out.push(value.value ? 1 : 0);
      break;
    case "byte":
      out.push(value.value & 0xff);
      break;
    case "i16":
      putInteger(out, 2, BigInt(value.value));
      break;
    case "i32":
      putInteger(out, 4, BigInt(value.value));
      break;
    case "i64":
      putInteger(out, 8, value.value);
      break;
    case "double":
      putDouble(out, value.value, false);
      break;
    case "string":
      putInteger(out, 4, BigInt(value.value.length));
      out.push(...value.value);
      break;
    case "struct":
      for (const [id, held] of value.fields) {
        out.push(BINARY[held.type]);
        putInteger(out, 2, BigInt(id));
        writeBinary(out, held);
      }
      out.push(0);
      break;
    case "list":
    case "set":
      out.push(BINARY[value.of]);
      putInteger(out, 4, BigInt(value.values.length));
      for (const held of value.values) writeBinary(out, held);
      break;
    case "map":
      out.push(BINARY[value.of[0]], BINARY[value.of[1]]);
      putInteger(out, 4, BigInt(value.entries.length));
      for (const held of value.entries.flat()) writeBinary(out, held);
      break;
  }
}

function writeCompact(out: number[], value: ThriftValue): void {
  switch (value.type) {
    case "bool":
      out.push(value.value ? 1 : 2);
      break;
    case "byte":
      out.push(value.value & 0xff);
      break;
    case "i16":
    case "i32":
      putVarint(out, zigzag(BigInt(value.value)));
      break;
    case "i64":
      putVarint(out, zigzag(value.value));
      break;
    case "double":
      putDouble(out, value.value, true);
      break;
    case "string":
      putVarint(out, BigInt(value.value.length));
      out.push(...value.value);
      break;
    case "struct":
      writeCompactStruct(out, value.fields);
      break;
    case "list":
    case "set": {
      const { length } = value.values;
      const type = COMPACT[value.of];
      out.push(length < 15 ? (length << 4) | type : 0xf0 | type);
      if (length >= 15) putVarint(out, BigInt(length));
      for (const held of value.values) writeCompact(out, held);
      break;
    }
    case "map":
      putVarint(out, BigInt(value.entries.length));
      if (value.entries.length === 0) break;
      out.push((COMPACT[value.of[0]] << 4) | COMPACT[value.of[1]]);
      for (const held of value.entries.flat()) writeCompact(out, held);
      break;
  }
}

function writeCompactStruct(out: number[], fields: readonly ThriftField[]): void {
  let previous = 0;
  for (const [id, held] of fields) {
    const step = id - previous;
    const type = held.type === "bool" ? (held.value ? 1 : 2) : COMPACT[held.type];
    if (step > 0 && step < 16) {
      out.push((step << 4) | type);
    } else {
      out.push(type);
      putVarint(out, zigzag(BigInt(id)));
    }
    if (held.type !== "bool") writeCompact(out, held);
    previous = id;
  }
  out.push(0);
}

/** Big endian. */
function putInteger(out: number[], sizeBytes: number, value: bigint): void {
  for (let shift = (sizeBytes - 1) * 8; shift >= 0; shift -= 8) {
    out.push(Number((value >> BigInt(shift)) & 0xffn));
  }
}

function putDouble(out: number[], value: number, isLittleEndian: boolean): void {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, isLittleEndian);
  out.push(...new Uint8Array(view.buffer));
}

function zigzag(value: bigint): bigint {
  return BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
}

function putVarint(out: number[], value: bigint): void {
  let rest = value;
  while (rest >= 0x80n) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.push(Number(rest));
}
