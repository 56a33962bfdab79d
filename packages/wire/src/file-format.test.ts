import assert from "node:assert/strict";
import { test } from "node:test";
import { type Span, SpanCollector } from "@culprit/trace-model";
import fc from "fast-check";
import { spans as anySpans } from "../../trace-model/test/span-arbitrary.ts";
import { assertSameSpans } from "../../trace-model/test/span-identity.ts";
import { batches as anyBatches } from "../test/jaeger-arbitrary.ts";
import { oldThriftPacket, protobufBatch, thriftBatch, thriftPacket } from "../test/jaeger-batch.ts";
import { fixtureBytes, fixturesIn, skip } from "../test/shared-fixtures.ts";
import { decodeFile, type FileFormat, sniffFormat } from "./file-format.ts";
import { encodeOtlpJson } from "./otlp-json-encoder.ts";
import { encodeOtlpProtobuf } from "./otlp-protobuf-encoder.ts";
import { WireError } from "./wire-error.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const SPAN = '{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174"}';
const LINE = `{"resourceSpans":[{"scopeSpans":[{"spans":[${SPAN}]}]}]}`;

const sniffed: readonly (readonly [string, FileFormat | undefined])[] = [
  [LINE, "otlp-json"],
  [`\ufeff \n${LINE}\n`, "otlp-json"],
  [JSON.stringify(JSON.parse(LINE), null, 2), "otlp-json"],
  [JSON.stringify(JSON.parse(LINE), null, 1).replaceAll(/^ +/gm, ""), "otlp-json"],
  [`${LINE}\n${LINE}`, "otlp-json-lines"],
  [`${LINE}\r\n\r\n${LINE}\r\n`, "otlp-json-lines"],
  [`${LINE.slice(0, 40)}\n${LINE}\n`, "otlp-json-lines"],
  [`garbage\n${LINE}\n`, "otlp-json-lines"],
  ["{}", "otlp-json"],
  ['{"result":{"resourceSpans":[]}}', "otlp-json"],
  ['{"total":0,"limit":0,"data":[{"a":{"resourceSpans":1}}]}', "jaeger-json"],
  ['{"traceID":"1","spans":[]}', "jaeger-json"],
  ['[{"spans":[]}]', "jaeger-json"],
  ['[{"name":"data\\"","id":"1","traceId":"2"}]', "zipkin-json"],
  ['[[{"traceId":"2"}]]', "zipkin-json"],
  ["[]", "zipkin-json"],
  ['{"foo":1}', undefined],
  ["[1,2]", undefined],
  ["hello", undefined],
  ["", undefined],
  [" \n", undefined],
];

for (const [text, format] of sniffed) {
  test(`${JSON.stringify(text.slice(0, 60))} is ${format ?? "of no known format"}`, () => {
    assert.equal(sniffFormat(bytesOf(text)), format);
  });
}

test("any spans of Jaeger are known for what they are, whole and cut off", () => {
  fc.assert(
    fc.property(anyBatches, (batch) => {
      for (const bytes of [
        thriftBatch(batch),
        thriftPacket("compact", batch),
        thriftPacket("binary", batch),
        oldThriftPacket(batch),
      ]) {
        assert.equal(sniffFormat(bytes), "jaeger-thrift");
        const cut = bytes.subarray(0, bytes.length - 1);
        assert.throws(() => decodeFile(cut, new SpanCollector()), { code: "malformed-thrift" });
        assert.equal(decodeFile(bytes, new SpanCollector()).format, "jaeger-thrift");
      }
      if (batch.spans.length > 0) {
        assert.equal(sniffFormat(protobufBatch(batch)), "jaeger-protobuf");
      }
    }),
    { numRuns: 100 },
  );
});

test("any spans as protobuf and JSON are known for what they are", () => {
  fc.assert(
    fc.property(anySpans, (spans) => {
      const all: [Uint8Array, FileFormat][] = [[bytesOf(encodeOtlpJson(spans)), "otlp-json"]];
      if (spans.length > 0) {
        all.push([encodeOtlpProtobuf(spans), "otlp-protobuf"]);
        const lines = spans.map((span) => encodeOtlpJson([span])).join("\n");
        all.push([bytesOf(lines), spans.length === 1 ? "otlp-json" : "otlp-json-lines"]);
      }
      for (const [bytes, format] of all) {
        const sink = new SpanCollector();
        const outcome = decodeFile(bytes, sink);
        assert.equal(outcome.format, format);
        assertSameSpans(sink.spans, spans);
      }
    }),
    { numRuns: 100 },
  );
});

const formats: readonly (readonly [string, FileFormat])[] = [
  ["otlp", "otlp-json"],
  ["jaeger-storage/traces", "otlp-json"],
  ["traces", "jaeger-json"],
];

for (const [folder, format] of formats) {
  for (const path of fixturesIn(folder)) {
    test(`${path} is ${format}`, { skip }, () => {
      const outcome = decodeFile(fixtureBytes(path), new SpanCollector());
      assert.equal(outcome.format, format);
      assert.ok(outcome.spanCount > 0);
    });
  }
}

test("a bad line is reported by its number, the others are kept", () => {
  const sink = new SpanCollector();
  const text = [LINE, "", LINE.slice(0, 50), '{"resourceSpans":7}', LINE].join("\n");
  const outcome = decodeFile(bytesOf(text), sink);
  assert.equal(sink.spans.length, 2);
  assert.equal(outcome.spanCount, 2);
  assert.equal(outcome.badLineCount, 2);
  assert.deepEqual(
    outcome.badLines.map(({ line }) => line),
    [3, 4],
  );
  assert.match(outcome.badLines[1]?.message ?? "", /^resourceSpans: an array wanted, found 7/);
});

test("nothing of a bad line is kept, and a rejected span in a good one is counted", () => {
  const wrong = SPAN.replace("}", ',"name":7}');
  const bad = LINE.replace(SPAN, `${SPAN},${wrong}`);
  const partly = LINE.replace(SPAN, `${SPAN},{}`);
  const sink = new SpanCollector();
  const outcome = decodeFile(bytesOf(`${bad}\n${partly}\n`), sink);
  assert.equal(sink.spans.length, 1);
  assert.equal(outcome.badLineCount, 1);
  assert.equal(outcome.rejectedSpanCount, 1);
  assert.match(outcome.rejectedMessage, /^1 span rejected/);
});

test("when no line can be read the first fault is thrown", () => {
  const text = `${LINE.slice(0, 50)}\n{"resourceSpans":7}\n`;
  assert.throws(() => decodeFile(bytesOf(text), new SpanCollector()), {
    name: "WireError",
    code: "malformed-json",
    message: /^line 1: /,
  });
});

test("each line goes to the sink as it is read", () => {
  const count = 2000;
  const lines = bytesOf(`${LINE}\n`.repeat(count));
  const spans: Span[] = [];
  const outcome = decodeFile(
    lines,
    new (class extends SpanCollector {
      override endSpan(): void {
        super.endSpan();
        spans.push(...this.spans.splice(0));
      }
    })(),
  );
  assert.equal(outcome.spanCount, count);
  assert.equal(spans.length, count);
});

test("a cut-off protobuf file is called malformed, other content unknown", () => {
  const [span] = fc.sample(anySpans, { numRuns: 50, seed: 3 }).flat();
  assert.ok(span !== undefined);
  const bytes = encodeOtlpProtobuf([span]);
  const decode = (input: Uint8Array) => () => decodeFile(input, new SpanCollector());
  assert.throws(decode(bytes.subarray(0, bytes.length - 1)), { code: "malformed-protobuf" });
  assert.throws(decode(bytesOf("hello")), {
    code: "unknown-format",
    message: /^not a known format/,
  });
  assert.throws(decode(new Uint8Array(0)), { code: "unknown-format", message: /^an empty file/ });
});

test("2,000 mutated files decode or fail with a WireError", () => {
  const files = [
    bytesOf(`${LINE}\n${LINE}`),
    bytesOf(`{"data":[{"traceID":"1","spans":[{"spanID":"2","tags":[{"key":"a","value":1}]}]}]}`),
    bytesOf('[{"traceId":"1","id":"2","tags":{"a":"b"},"timestamp":1}]'),
  ];
  let state = 99;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state >> 8;
  };
  for (let i = 0; i < 2000; i++) {
    const mutated = (files[i % files.length] as Uint8Array).slice();
    for (let flip = 0; flip <= random() % 3; flip++) {
      const at = random() % mutated.length;
      mutated[at] = (mutated[at] as number) ^ (1 << (random() % 8));
    }
    try {
      decodeFile(mutated, new SpanCollector());
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
  }
});
