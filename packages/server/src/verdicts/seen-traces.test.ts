import assert from "node:assert/strict";
import { test } from "node:test";
import { traceIdOf } from "../../test/sample-spans.ts";
import { SeenTraces } from "./seen-traces.ts";

test("it knows every trace that it was told, and few others", () => {
  const seen = new SeenTraces(2 ** 18);
  const count = 20_000;
  for (let n = 0; n < count; n++) seen.add(traceIdOf(n));
  for (let n = 0; n < count; n++) assert.ok(seen.add(traceIdOf(n)));
  let wrong = 0;
  // A thousand more hardly fill it.
  for (let n = count; n < count + 1000; n++) if (seen.add(traceIdOf(n))) wrong++;
  // 13 bits a trace and 4 probes: 0.5 % by the formula, somewhat more since they share a line.
  assert.ok(wrong < 20, `${wrong} of 1000`);
});
