import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  apiQuery,
  asksVerdicts,
  EMPTY_SEARCH,
  isFiltered,
  localInput,
  microsOfLocalInput,
  normaliseAttribute,
  normaliseDuration,
  parseSearch,
  parseTraceId,
  type SearchState,
  searchParams,
} from "./search-state.ts";

const text = fc.string({ maxLength: 12 });
const duration = fc.constantFrom("", "5ms", "1.5s", "2m");
const micros = fc.integer({ min: 0, max: 2 ** 52 }).map(String);
// Keys hold no separator of the query's; values may hold anything.
const attribute = fc.tuple(fc.stringMatching(/^[a-z.]{1,8}$/), text).map((pair) => pair.join("="));

const searches: fc.Arbitrary<SearchState> = fc
  .record({
    service: text.filter((name) => name !== ""),
    operation: text,
    attributes: fc.array(attribute, { maxLength: 3 }),
    minDuration: duration,
    maxDuration: duration,
    bottleneck: text,
    finding: fc.constantFrom("", "slow-query"),
    errorOrigin: text,
    time: fc.oneof(
      fc.constantFrom("", "5m", "1h", "168h").map((lookback) => ({ lookback })),
      fc.record({ startMicros: micros, endMicros: micros }),
    ),
    limit: fc.integer({ min: 1, max: 1500 }),
    before: fc.oneof(fc.constant(""), micros),
  })
  .map(({ time, ...rest }) => ({
    ...EMPTY_SEARCH,
    ...rest,
    ...time,
    ...("startMicros" in time ? { lookback: "custom" } : {}),
  }));

test("a search survives the way through the URL", () => {
  fc.assert(
    fc.property(searches, (state) => {
      const url = searchParams(state).toString();
      assert.deepEqual(parseSearch(new URLSearchParams(url)), state);
    }),
  );
});

test("the empty search has an empty URL and filters nothing", () => {
  assert.equal(searchParams(EMPTY_SEARCH).toString(), "");
  assert.deepEqual(parseSearch(new URLSearchParams()), EMPTY_SEARCH);
  assert.equal(isFiltered(EMPTY_SEARCH), false);
  assert.equal(isFiltered({ ...EMPTY_SEARCH, limit: 20 }), false);
  assert.equal(isFiltered({ ...EMPTY_SEARCH, minDuration: "1s" }), true);
});

test("filters by verdict have the names of the API", () => {
  const state = { ...EMPTY_SEARCH, bottleneck: "a b", finding: "retry", errorOrigin: "c" };
  assert.equal(searchParams(state).toString(), "bottleneck=a+b&finding=retry&errorOrigin=c");
  assert.equal(asksVerdicts(state), true);
  assert.equal(asksVerdicts({ ...EMPTY_SEARCH, service: "a" }), false);
});

test("an operation without its service is left out", () => {
  assert.equal(searchParams({ ...EMPTY_SEARCH, operation: "GET /" }).toString(), "");
});

test("the API is asked from a preset's start and without an end", () => {
  const params = new URLSearchParams(apiQuery({ ...EMPTY_SEARCH, lookback: "1h" }, 7_200_000));
  assert.equal(params.get("start"), "3600000000");
  assert.equal(params.get("end"), null);
  assert.equal(params.get("limit"), "50");
});

test("nonsense in the URL falls back to the defaults", () => {
  const state = parseSearch(new URLSearchParams("limit=-3&start=soon&limit=2"));
  assert.deepEqual(state, EMPTY_SEARCH);
});

test("durations are typed in many ways", () => {
  const table: [string, string | undefined][] = [
    ["", ""],
    ["250", "250ms"],
    [" 1.5 S ", "1.5s"],
    ["1m30s", "1m30s"],
    ["10μs", "10µs"],
    ["fast", undefined],
    ["-1s", undefined],
    ["1 week", undefined],
  ];
  for (const [typed, wanted] of table) assert.equal(normaliseDuration(typed), wanted, typed);
});

test("attributes need a key and may have an empty value", () => {
  assert.equal(normaliseAttribute(" http.route = /a=b "), "http.route=/a=b");
  assert.equal(normaliseAttribute("error="), "error=");
  assert.equal(normaliseAttribute("=x"), undefined);
  assert.equal(normaliseAttribute("error"), undefined);
});

test("a trace id is found in what people paste", () => {
  const id = "4bf92f3577b34da6a3ce929d0e0e4736";
  for (const typed of [
    id,
    ` ${id.toUpperCase()}\n`,
    "4bf92f35-77b3-4da6-a3ce-929d0e0e4736",
    `http://localhost:16686/trace/${id}?uiFind=x`,
  ]) {
    assert.equal(parseTraceId(typed), id, typed);
  }
  for (const typed of ["", "order-service", `${id}0`, "xyz"]) {
    assert.equal(parseTraceId(typed), undefined, typed);
  }
});

test("a moment survives the way through its local input", () => {
  assert.equal(microsOfLocalInput(localInput("1763467200000000")), "1763467200000000");
  assert.equal(localInput(""), "");
  assert.equal(microsOfLocalInput(""), "");
});

test("error=true typed into the URL means the attribute, once", () => {
  const attributesOf = (query: string): readonly string[] =>
    parseSearch(new URLSearchParams(query)).attributes;
  assert.deepEqual(attributesOf("error=true"), ["error=true"]);
  assert.deepEqual(attributesOf("error=true&tag=error:true&tag=a:b"), ["error=true", "a=b"]);
  assert.deepEqual(attributesOf("error=false"), []);
});
