import assert from "node:assert/strict";
import { test } from "node:test";
import { SpanStatusCode } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { AbortErrorProcessor } from "./abort-error-processor.ts";

function failedWith(error: Error): { type: unknown; exceptionType: unknown } {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [new AbortErrorProcessor(), new SimpleSpanProcessor(exporter)],
  });
  const span = provider.getTracer("test").startSpan("GET");
  span.recordException(error);
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
  const [ended] = exporter.getFinishedSpans();
  return {
    type: ended?.attributes["error.type"],
    exceptionType: ended?.events[0]?.attributes?.["exception.type"],
  };
}

for (const name of ["TimeoutError", "AbortError"]) {
  test(`a call that its signal ends fails with ${name}, not with a number`, () => {
    const error = new DOMException("the operation was aborted", name);
    assert.deepEqual(failedWith(error), { type: name, exceptionType: name });
  });
}

test("other errors keep their type", () => {
  const cancelled = Object.assign(new Error("canceling statement"), { code: "57014" });
  assert.deepEqual(failedWith(cancelled), { type: undefined, exceptionType: "57014" });
  const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  assert.deepEqual(failedWith(refused), { type: undefined, exceptionType: "ECONNREFUSED" });
});
