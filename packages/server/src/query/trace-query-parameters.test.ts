import assert from "node:assert/strict";
import { test } from "node:test";
import type { TraceQuery } from "@culprit/store";
import { ParameterError } from "./parameter-error.ts";
import { booleanParameter, parseTraceQuery } from "./trace-query-parameters.ts";

const NOW_MS = 1_795_000_000_000;
const NOW_NANO = BigInt(NOW_MS) * 1_000_000n;
const HOUR_NANO = 3_600_000_000_000n;

function parse(text: string, lookbackMs?: number): TraceQuery {
  const lookback = lookbackMs === undefined ? {} : { lookbackMs };
  return parseTraceQuery(new URLSearchParams(text), {
    limit: 100,
    overMaxLimit: "cap",
    nowMs: NOW_MS,
    ...lookback,
  });
}

const PARSED: readonly (readonly [string, Partial<TraceQuery>])[] = [
  ["", {}],
  ["service=&operation=&minDuration=&tags=&start=", {}],
  ["service=a%20b&operation=GET+/x", { service: "a b", operation: "GET /x" }],
  ["limit=0", { limit: 100 }],
  ["limit=-5", { limit: 100 }],
  ["limit=1500", { limit: 1500 }],
  ["limit=1000000", { limit: 1500 }],
  ["limit=7", { limit: 7 }],
  ["minDuration=1.5ms&maxDuration=2s", { durationMinNanos: 1.5e6, durationMaxNanos: 2e9 }],
  ["minDuration=5ms&maxDuration=5ms", { durationMinNanos: 5e6, durationMaxNanos: 5e6 }],
  ["start=1&end=2", { startMinUnixNano: 1000n, startMaxUnixNano: 2000n }],
  ["lookback=1h", { startMinUnixNano: NOW_NANO - HOUR_NANO }],
  ["lookback=2d", { startMinUnixNano: NOW_NANO - 48n * HOUR_NANO }],
  [
    "lookback=1w&end=1795000000000000",
    { startMinUnixNano: NOW_NANO - 168n * HOUR_NANO, startMaxUnixNano: NOW_NANO },
  ],
  ["start=5&lookback=custom", { startMinUnixNano: 5000n }],
  [
    "tag=k:v:w&tag=:x",
    {
      attributes: [
        { key: "k", value: "v:w" },
        { key: "", value: "x" },
      ],
    },
  ],
  [
    'tags={"a":"1","b":"2"}&tag=c:3',
    {
      attributes: [
        { key: "c", value: "3" },
        { key: "a", value: "1" },
        { key: "b", value: "2" },
      ],
    },
  ],
  [
    'tag=constructor:x&tag=__proto__:y&tags={"toString":"z","__proto__":"p"}',
    {
      attributes: [
        { key: "constructor", value: "x" },
        { key: "__proto__", value: "y" },
        { key: "toString", value: "z" },
        { key: "__proto__", value: "p" },
      ],
    },
  ],
  ["bottleneck=a+b&finding=&errorOrigin=", { verdict: { bottleneckService: "a b" } }],
  [
    "finding=slow-query&errorOrigin=c",
    { verdict: { findingKind: "slow-query", errorOrigin: "c" } },
  ],
  ["tag=otel.status_code:ERROR", { attributes: [{ key: "span.status", value: "ERROR" }] }],
];

for (const [text, expected] of PARSED) {
  test(`"${text}"`, () => assert.deepEqual(parse(text), { limit: 100, ...expected }));
}

test("without start and lookback the default reaches back from the end, or from now", () => {
  assert.equal(parse("", 3_600_000).startMinUnixNano, NOW_NANO - HOUR_NANO);
  const end = "end=1794000000000000";
  assert.equal(parse(end, 3_600_000).startMinUnixNano, 1_794_000_000_000_000_000n - HOUR_NANO);
  assert.equal(parse("start=5", 3_600_000).startMinUnixNano, 5000n);
});

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["limit=x", /'limit': "x" is not an integer/],
  ["start=1.5", /'start': "1.5" is not an integer/],
  ["end=99999999999999999999999", /'end'/],
  ["lookback=soon", /'lookback'/],
  ["minDuration=5", /'minDuration': missing unit/],
  ["minDuration=5constructor", /'minDuration': invalid duration/],
  ["maxDuration=abc", /'maxDuration': invalid duration/],
  ["minDuration=2s&maxDuration=1s", /^'maxDuration' should be greater than 'minDuration'$/],
  ["tag=k", /^malformed 'tag' parameter, expecting key:value, received: k$/],
  ["tags={", /^malformed 'tags' parameter, cannot unmarshal JSON: /],
  ["tags=[]", /expecting a map of strings/],
  ["tags=null", /expecting a map of strings/],
  ['tags={"k":3}', /the value of "k" is not a string/],
  ["finding=slow", /'finding' is one of bottleneck, .*slow-query.*; not "slow"$/],
];

for (const [text, message] of REFUSED) {
  test(`"${text}" is refused`, () => {
    assert.throws(
      () => parse(text),
      (error) => error instanceof ParameterError && message.test(error.message),
    );
  });
}

test("booleans are Go's", () => {
  const read = (value: string): boolean =>
    booleanParameter(new URLSearchParams({ raw: value }), "raw");
  for (const text of ["1", "t", "T", "true", "TRUE", "True"]) assert.equal(read(text), true);
  for (const text of ["", "0", "f", "F", "false", "FALSE", "False"])
    assert.equal(read(text), false);
  assert.throws(() => read("maybe"), ParameterError);
});
