import assert from "node:assert/strict";
import { test } from "node:test";
import { RateLimitedLog } from "./rate-limited-log.ts";

test("one line in ten seconds, which says how many were left out", () => {
  const lines: string[] = [];
  let nowMs = 1000;
  const log = new RateLimitedLog(
    (line) => lines.push(line),
    () => nowMs,
  );
  for (let n = 0; n < 5; n++) log.line(`bad ${n}`);
  assert.deepEqual(lines, ["bad 0"]);
  nowMs += 10_000;
  log.line("bad 5");
  nowMs += 10_000;
  log.line("bad 6");
  assert.deepEqual(lines, ["bad 0", "bad 5 (and 4 more since the last line)", "bad 6"]);
});
