import assert from "node:assert/strict";
import { test } from "node:test";
import { FILE_FORMATS, WireError } from "@culprit/wire";
import { FUZZED_DECODERS } from "./fuzz/fuzzed-decoders.ts";
import { MAX_MS } from "./fuzz/input-cost.ts";
import { mutated } from "./fuzz/mutation.ts";
import { type FuzzedDecoder, fuzz } from "./fuzz/run-fuzz.ts";

const COUNT = 3000;

for (const decoder of FUZZED_DECODERS) {
  test(`${decoder.name}: ${COUNT} mutated inputs decode or are refused, at bounded cost`, () => {
    const outcome = fuzz(decoder, { seed: 20261123, from: 0, count: COUNT });
    assert.deepEqual(outcome.findings, []);
    // Inputs that are all refused, or none, would find nothing.
    assert.ok(outcome.decodedCount > COUNT / 20, `${outcome.decodedCount} decoded`);
    assert.ok(outcome.refusedCount > COUNT / 20, `${outcome.refusedCount} refused`);
  });
}

test("every file format has a decoder that is fuzzed", () => {
  for (const format of FILE_FORMATS) {
    const isFuzzed = FUZZED_DECODERS.some(({ name }) => name.split("/")[0] === format);
    assert.ok(isFuzzed, format);
  }
});

const SAMPLES = { inputs: [new Uint8Array(100)], tokens: [new Uint8Array([1])] };

/** Of one input through a decoder that does this. */
function findingsOf(decode: ReturnType<FuzzedDecoder["newDecode"]>): readonly string[] {
  const decoder = { name: "bad", samples: SAMPLES, newDecode: () => decode };
  return fuzz(decoder, { seed: 1, from: 0, count: 1 }).findings.map(({ what }) => what);
}

test("an error that is not the decoder's own is a finding", () => {
  const thrown = findingsOf(() => {
    throw new RangeError("out of bounds");
  });
  assert.match(thrown[0] ?? "", /^RangeError: out of bounds/);
  const refused = findingsOf(() => {
    throw new WireError("malformed-json", "no");
  });
  assert.deepEqual(refused, []);
});

test("a broken contract of the sink is a finding", () => {
  const outside = findingsOf((bytes, sink) => {
    sink.stringAttribute(bytes, 0, 1, 0, 1);
  });
  assert.match(outside[0] ?? "", /^BrokenContract: an attribute of nothing/);
});

test("an input that takes long is a finding", () => {
  const slow = findingsOf(() => {
    const before = process.threadCpuUsage();
    while (process.threadCpuUsage(before).user < MAX_MS * 1500);
  });
  assert.match(slow[0] ?? "", /^takes \d+ ms/);
});

test("an input that holds much is a finding, one that leaves garbage is none", () => {
  const held: unknown[] = [];
  const holding = findingsOf((bytes, sink) => {
    held.push(new Uint8Array((1 << 20) + bytes.length * 200));
    sink.resource({ attributes: new Map(), droppedAttributesCount: bytes.length, schemaUrl: "" });
  });
  assert.match(holding[0] ?? "", /^holds \d+ KiB/);
  const wasting = findingsOf(() => {
    for (let n = 0; n < 20_000; n++) held[0] = { n };
  });
  assert.deepEqual(wasting, []);
});

test("an input depends on its seed and number alone", () => {
  assert.deepEqual(mutated(7, 500, SAMPLES), mutated(7, 500, SAMPLES));
  const numbers = Array.from({ length: 50 }, (_, n) =>
    Buffer.from(mutated(7, n, SAMPLES)).toString("hex"),
  );
  assert.ok(new Set(numbers).size > 40);
});
