import assert from "node:assert/strict";
import { test } from "node:test";
import { type Span, SpanCollector } from "@culprit/trace-model";
import { field, joined, type Part, text, varint } from "../test/protobuf-fields.ts";
import { encodeJaegerProtobuf } from "./jaeger-protobuf-encoder.ts";
import { decodeOtlpJson } from "./otlp-json-decoder.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const SPAN_ID = "b7ad6b7169203331";

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

function number(tag: number, value: number): Part {
  return joined([tag], varint(value));
}

function spanOf(fields: string, resource = "{}"): Span[] {
  const sink = new SpanCollector();
  decodeOtlpJson(
    `{"resourceSpans":[{"resource":${resource},"scopeSpans":[{"spans":[{"traceId":"${TRACE_ID}","spanId":"${SPAN_ID}",${fields}}]}]}]}`,
    sink,
  );
  return sink.spans;
}

function assertEncodes(spans: readonly Span[], ...fields: readonly Part[]): void {
  const ids = joined(field(1, bytesOf(TRACE_ID)), field(2, bytesOf(SPAN_ID)));
  assert.deepEqual(encodeJaegerProtobuf(spans), field(1, ids, ...fields));
}

const NO_TIME = joined(field(6), field(7));
const NOBODY = field(10, text(1, "unknown_service"));

test("a bare span has its ids, times of nothing and a process", () => {
  assertEncodes(spanOf('"name":"n"'), text(3, "n"), NO_TIME, NOBODY);
  assert.deepEqual(encodeJaegerProtobuf([]), new Uint8Array());
});

test("times are seconds and nanoseconds; an end before the start is no length", () => {
  assertEncodes(
    spanOf('"flags":257,"startTimeUnixNano":"3000000007","endTimeUnixNano":"5000000006"'),
    number(0x28, 1),
    field(6, number(0x08, 3), number(0x10, 7)),
    field(7, number(0x08, 1), number(0x10, 999_999_999)),
    NOBODY,
  );
  assertEncodes(
    spanOf('"startTimeUnixNano":"1000000000","endTimeUnixNano":"5"'),
    field(6, number(0x08, 1)),
    field(7),
    NOBODY,
  );
});

test("values keep their types, and those that Jaeger has none for are text", () => {
  const value = (key: string, json: string): string => `{"key":"${key}","value":{${json}}}`;
  const attributes = [
    value("s", '"stringValue":"x"'),
    value("b", '"boolValue":true'),
    value("f", '"boolValue":false'),
    value("i", '"intValue":"-1"'),
    value("d", '"doubleValue":0.5'),
    value("y", '"bytesValue":"AP8="'),
    value("a", '"arrayValue":{"values":[{"intValue":"1"}]}'),
  ];
  assertEncodes(
    spanOf(`"attributes":[${attributes.join(",")}]`),
    NO_TIME,
    field(8, text(1, "s"), text(3, "x")),
    field(8, text(1, "b"), number(0x10, 1), number(0x20, 1)),
    field(8, text(1, "f"), number(0x10, 1)),
    field(8, text(1, "i"), number(0x10, 2), [0x28], new Uint8Array(9).fill(0xff), [1]),
    field(8, text(1, "d"), number(0x10, 3), [0x31, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f]),
    field(8, text(1, "y"), number(0x10, 4), field(7, [0, 0xff])),
    field(8, text(1, "a"), text(3, "[1]")),
    NOBODY,
  );
});

test("the parent comes before the links; events are logs; warnings stand apart", () => {
  const other = "00000000000000000000000000000abc";
  assertEncodes(
    spanOf(
      `"parentSpanId":"00000000000000aa","links":[{"traceId":"${other}","spanId":"00000000000000bb"}],
       "events":[{"timeUnixNano":"1000000001","name":"e","attributes":[{"key":"k","value":{"stringValue":"v"}}]}],
       "attributes":[{"key":"@jaeger@warnings","value":{"arrayValue":{"values":[{"stringValue":"w"}]}}}]`,
      '{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"host","value":{"stringValue":"h"}}]}',
    ),
    field(4, field(1, bytesOf(TRACE_ID)), field(2, bytesOf("00000000000000aa"))),
    field(4, field(1, bytesOf(other)), field(2, bytesOf("00000000000000bb")), number(0x18, 1)),
    NO_TIME,
    field(
      9,
      field(1, number(0x08, 1), number(0x10, 1)),
      field(2, text(1, "event"), text(3, "e")),
      field(2, text(1, "k"), text(3, "v")),
    ),
    field(10, text(1, "shop"), field(2, text(1, "host"), text(3, "h"))),
    text(12, "w"),
  );
});
