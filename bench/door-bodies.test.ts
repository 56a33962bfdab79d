import assert from "node:assert/strict";
import { test } from "node:test";
import { SpanCollector, type SpanSink } from "@culprit/trace-model";
import {
  JaegerProtobufDecoder,
  JaegerThriftDecoder,
  OtlpProtobufDecoder,
  ZipkinJsonDecoder,
  ZipkinProtobufDecoder,
} from "@culprit/wire";
import { DOOR_FORMATS, DoorBody } from "./door-bodies.ts";

const DECODE: Readonly<Record<string, (body: Uint8Array, sink: SpanSink) => unknown>> = {
  "OTLP protobuf": (body, sink) => new OtlpProtobufDecoder().decode(body, sink),
  "Jaeger Thrift HTTP": (body, sink) => new JaegerThriftDecoder().decodeBatch(body, sink),
  "Jaeger Thrift UDP": (body, sink) => new JaegerThriftDecoder().decodeMessage(body, sink),
  "Jaeger gRPC": (body, sink) => new JaegerProtobufDecoder().decode(body, sink),
  "Zipkin protobuf": (body, sink) => new ZipkinProtobufDecoder().decode(body, sink),
  "Zipkin JSON": (body, sink) => new ZipkinJsonDecoder().decode(body, sink),
};

for (const format of DOOR_FORMATS) {
  test(`${format.name}: a body that was made a new one holds as many whole traces under other ids`, () => {
    const body = new DoorBody(format);
    const read = () => {
      const collector = new SpanCollector();
      DECODE[format.name]?.(body.bytes, collector);
      return collector.spans;
    };
    const traceIds = new Set<string>();
    const shapes = [0, 1, 77_777].map((generation) => {
      if (generation > 0) body.renew(generation);
      const spans = read();
      assert.equal(spans.length, body.spanCount);
      for (const { traceId } of spans) traceIds.add(traceId);
      const ids = new Set(spans.map(({ traceId, spanId }) => traceId + spanId));
      const children = spans.filter(({ traceId, parentSpanId }) => ids.has(traceId + parentSpanId));
      assert.ok(children.length >= (spans.length * 6) / 8);
      assert.equal(spans[0]?.attributes.size, read()[0]?.attributes.size);
      return spans.map(({ spanId, name }) => spanId + name);
    });
    assert.deepEqual(shapes[1], shapes[0]);
    assert.deepEqual(shapes[2], shapes[0]);
    assert.equal(traceIds.size, 3 * Math.ceil(body.spanCount / 8));
  });
}
