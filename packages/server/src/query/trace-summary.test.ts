import assert from "node:assert/strict";
import { test } from "node:test";
import { StatusCode } from "@culprit/trace-model";
import { resourceOf, sampleSpan, spanIdOf } from "../../test/sample-spans.ts";
import { traceSummaryOf } from "./trace-summary.ts";

test("copies count once, orphans and errors by service, times from the first to the last", () => {
  const root = sampleSpan({ spanId: spanIdOf(1), resource: resourceOf("web") });
  const { startUnixNano, endUnixNano } = root;
  const failed = sampleSpan({
    spanId: spanIdOf(2),
    parentSpanId: root.spanId,
    statusCode: StatusCode.error,
    endUnixNano: endUnixNano + 5n,
    resource: resourceOf("bank"),
  });
  const orphan = sampleSpan({
    spanId: spanIdOf(3),
    parentSpanId: spanIdOf(9),
    startUnixNano: startUnixNano - 7n,
    resource: resourceOf("web"),
  });
  const summary = traceSummaryOf([orphan, failed, root, failed]);
  assert.deepEqual(summary, {
    traceId: root.traceId,
    rootServiceName: "web",
    rootOperationName: root.name,
    minStartUnixNano: startUnixNano - 7n,
    maxEndUnixNano: endUnixNano + 5n,
    spanCount: 3,
    errorSpanCount: 1,
    orphanSpanCount: 1,
    services: [
      { name: "bank", spanCount: 1, errorSpanCount: 1 },
      { name: "web", spanCount: 2, errorSpanCount: 0 },
    ],
  });
});
