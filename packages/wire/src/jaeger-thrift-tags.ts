// Jaeger's Tag structs into a table. https://github.com/jaegertracing/jaeger-idl/blob/main/thrift/jaeger.thrift
// Cases are field heads, `id << 8 | type`: a known field with another type is an unknown field.

import { type JaegerTagTable, TagType } from "./jaeger-tag-table.ts";
import type { ThriftReader } from "./thrift-reader.ts";

/** By Thrift's own numbers of them. */
const TYPES: readonly number[] = [
  TagType.string,
  TagType.float64,
  TagType.bool,
  TagType.int64,
  TagType.binary,
];

/** A list of Tag. */
export function readThriftTags(reader: ThriftReader, into: JaegerTagTable): void {
  const count = reader.structs();
  for (let i = 0; i < count; i++) readTag(reader, into);
}

/** Some clients write every kind of value into every tag; the type says which of them counts. */
function readTag(reader: ThriftReader, into: JaegerTagTable): void {
  let keyStart = reader.at;
  let keyEnd = keyStart;
  let vType = 0;
  let textStart = keyStart;
  let textEnd = keyStart;
  let binaryStart = keyStart;
  let binaryEnd = keyStart;
  let truth = 0;
  let longLow = 0;
  let longHigh = 0;
  let doubleLow = 0;
  let doubleHigh = 0;
  for (let head = reader.field(0); head !== 0; head = reader.field(head >> 8)) {
    switch (head) {
      case 0x010b:
        keyEnd = reader.stringEnd();
        keyStart = reader.at;
        reader.at = keyEnd;
        break;
      case 0x0208:
        vType = reader.int32();
        break;
      case 0x030b:
        textEnd = reader.stringEnd();
        textStart = reader.at;
        reader.at = textEnd;
        break;
      case 0x0404:
        reader.double();
        doubleLow = reader.low;
        doubleHigh = reader.high;
        break;
      case 0x0502:
        truth = reader.bool() ? 1 : 0;
        break;
      case 0x060a:
        reader.int64();
        longLow = reader.low;
        longHigh = reader.high;
        break;
      case 0x070b:
        binaryEnd = reader.stringEnd();
        binaryStart = reader.at;
        reader.at = binaryEnd;
        break;
      default:
        reader.skip(head);
    }
  }
  const type = TYPES[vType] ?? TagType.string;
  switch (type) {
    case TagType.float64:
      into.add(keyStart, keyEnd, type, doubleLow, doubleHigh);
      break;
    case TagType.bool:
      into.add(keyStart, keyEnd, type, truth, 0);
      break;
    case TagType.int64:
      into.add(keyStart, keyEnd, type, longLow, longHigh);
      break;
    case TagType.binary:
      into.add(keyStart, keyEnd, type, binaryStart, binaryEnd);
      break;
    default:
      into.add(keyStart, keyEnd, type, textStart, textEnd);
  }
}
