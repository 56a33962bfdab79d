// jaeger.api_v2.KeyValue into a table.
// https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/model.proto

import { type JaegerTagTable, TagType } from "./jaeger-tag-table.ts";
import type { ProtobufReader } from "./protobuf-reader.ts";

/** A KeyValue between `reader.at` and `end`. Its type says which of its values counts. */
export function readProtobufTag(reader: ProtobufReader, end: number, into: JaegerTagTable): void {
  let keyStart = end;
  let keyEnd = end;
  let type = 0;
  let textStart = end;
  let textEnd = end;
  let binaryStart = end;
  let binaryEnd = end;
  let truth = 0;
  let integerLow = 0;
  let integerHigh = 0;
  let doubleAt = -1;
  while (reader.at < end) {
    const tag = reader.varint32(end);
    switch (tag) {
      case 0x0a:
        keyEnd = reader.lengthEnd(end);
        keyStart = reader.at;
        reader.at = keyEnd;
        break;
      case 0x10:
        type = reader.varint32(end);
        break;
      case 0x1a:
        textEnd = reader.lengthEnd(end);
        textStart = reader.at;
        reader.at = textEnd;
        break;
      case 0x20:
        reader.varint64(end);
        truth = (reader.low | reader.high) === 0 ? 0 : 1;
        break;
      case 0x28:
        reader.varint64(end);
        integerLow = reader.low;
        integerHigh = reader.high;
        break;
      case 0x31:
        doubleAt = reader.fixed(8, end);
        break;
      case 0x3a:
        binaryEnd = reader.lengthEnd(end);
        binaryStart = reader.at;
        reader.at = binaryEnd;
        break;
      default:
        reader.skip(tag, end);
    }
  }
  switch (type) {
    case TagType.bool:
      into.add(keyStart, keyEnd, type, truth, 0);
      break;
    case TagType.int64:
      into.add(keyStart, keyEnd, type, integerLow, integerHigh);
      break;
    case TagType.float64: {
      const low = doubleAt < 0 ? 0 : reader.view.getInt32(doubleAt, true);
      const high = doubleAt < 0 ? 0 : reader.view.getInt32(doubleAt + 4, true);
      into.add(keyStart, keyEnd, type, low, high);
      break;
    }
    case TagType.binary:
      into.add(keyStart, keyEnd, type, binaryStart, binaryEnd);
      break;
    default:
      into.add(keyStart, keyEnd, TagType.string, textStart, textEnd);
  }
}
