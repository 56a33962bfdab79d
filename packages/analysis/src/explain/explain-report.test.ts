import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttributeDifference, Explanation } from "@culprit/api";
import { renderExplanation } from "./explain-report.ts";

const window = { from: "2026-03-01T11:00:00Z", to: "2026-03-01T12:00:00Z" };
const figures = { count: 40, p50Nanos: 20.5e6, p95Nanos: 21e6, errorShare: 0 };

const version: AttributeDifference = {
  key: "service.version",
  value: "2.0",
  service: null,
  incidentShare: 1,
  baselineShare: 0.025,
  incidentCount: 40,
  baselineCount: 1,
  lift: 40,
};

const found: Explanation = {
  baseline: { traceCount: 40, windows: [window] },
  incident: { traceCount: 40, window },
  suspects: [
    {
      rank: 1,
      service: "payment",
      operation: "POST /charge",
      score: 5.8123,
      kind: "latency",
      baseline: figures,
      incident: { ...figures, count: 44, p50Nanos: 320e6 },
      evidence: "it grew.",
      exampleTraceIds: ["00000000000000000000000000000001", "00000000000000000000000000000002"],
    },
    {
      rank: 2,
      service: "mail",
      operation: "send",
      score: 0.0412,
      kind: "new",
      baseline: { count: 0, p50Nanos: 0, p95Nanos: 0, errorShare: 0 },
      incident: { ...figures, errorShare: 0.5 },
      evidence: "it is new.",
      exampleTraceIds: [],
    },
  ],
  chanceScore: 0.01234,
  attributes: [version],
  summary: "payment is the first suspect.",
};

test("an explanation as text: the paragraph, the suspects with why, the attributes", () => {
  assert.equal(
    renderExplanation(found, { colour: false }),
    `payment is the first suspect.

Suspects
      service  operation     kind     score  p50 before  p50 now  calls    errors
  1.  payment  POST /charge  latency  5.8    20.5 ms     320 ms   40 / 44  0 % / 0 %
  2.  mail     send          new      0.041  -           20.5 ms  0 / 40   0 % / 50 %
  scores up to 0.012 may be chance

  1. it grew.
     for example: culprit analyze 00000000000000000000000000000001
  2. it is new.

Attributes that tell the two groups apart
  attribute        value  incident  baseline  traces
  service.version  2.0    100 %     3 %       40 / 1
`,
  );
});

test("without suspects and attributes the paragraph is all", () => {
  const nothing = { ...found, suspects: [], chanceScore: 0, attributes: [], summary: "Nothing." };
  assert.equal(renderExplanation(nothing, { colour: true }), "Nothing.\n");
});

test("colour is for the headings alone", () => {
  const bold = (text: string): string => `\u001b[1m${text}\u001b[22m`;
  assert.equal(
    renderExplanation(found, { colour: true }),
    renderExplanation(found, { colour: false })
      .replace("Suspects", bold)
      .replace(/^Attributes.*$/m, bold),
  );
});

test("what services call themselves cannot steer the terminal, and long names are cut", () => {
  const [first] = found.suspects;
  assert.ok(first !== undefined);
  const text = renderExplanation(
    {
      ...found,
      summary: "red\u001b[31m",
      suspects: [{ ...first, service: "pay\u0007\n\u009b2J", operation: "x".repeat(500) }],
      attributes: [{ ...version, value: `${"y".repeat(200)}\u0000` }],
    },
    { colour: false },
  );
  assert.doesNotMatch(text.replaceAll("\n", ""), /\p{Cc}/u);
  assert.ok(text.split("\n").every((line) => line.length < 200));
});

test("an attribute of one service's resource says whose", () => {
  const attributes = [{ ...version, service: "payment" }];
  const text = renderExplanation({ ...found, attributes }, { colour: false });
  assert.match(text, /\n {2}service\.version of payment {2}2\.0 /);
});

test("of more than ten attributes the others are counted", () => {
  const attributes = Array.from({ length: 13 }, (_, n) => ({ ...version, value: `v${n}` }));
  const text = renderExplanation({ ...found, attributes }, { colour: false });
  assert.match(text, /v9 .*\n {2}and 3 more\n$/);
});
