import assert from "node:assert/strict";
import { test } from "node:test";
import { WireError } from "@culprit/wire";
import fc from "fast-check";
import {
  readOperationsRequest,
  readSearchRequest,
  readV2TraceRequest,
  readV3TraceRequest,
  readWindowRequest,
} from "./query-requests.ts";

test("fields that are not known are passed over", () => {
  const unknown = [0x98, 0x06, 1, 0x9a, 0x06, 2, 7, 7];
  const search = readSearchRequest(Uint8Array.from([0x0a, 11, ...unknown, 0x0a, 1, 0x61]));
  assert.equal(search?.service, "a");
});

const TIMES: readonly (readonly [string, readonly number[], bigint | undefined])[] = [
  ["an empty time is the epoch", [0x0a, 0], 0n],
  ["a time before the epoch is the epoch", [0x0a, 11, 0x08, ...Array(9).fill(0xff), 1], 0n],
  ["seconds and nanoseconds", [0x0a, 4, 0x08, 2, 0x10, 3], 2_000_000_003n],
  ["no time is none", [], undefined],
  [
    "a time after the last one is the last one",
    [0x0a, 10, 0x08, ...Array(8).fill(0xff), 0x7f],
    2n ** 64n - 1n,
  ],
];
for (const [title, bytes, expected] of TIMES) {
  test(title, () => {
    assert.equal(readWindowRequest(Uint8Array.from(bytes)).startUnixNano, expected);
  });
}

test("bytes that are no message are an error of the wire", () => {
  for (const bytes of [[0x0a, 5, 1], [0x0a, 2, 0x22, 9], [0x0f]]) {
    assert.throws(() => readSearchRequest(Uint8Array.from(bytes)), WireError);
  }
});

test("any bytes are a request or an error of the wire", () => {
  const readers = [readV2TraceRequest, readV3TraceRequest, readSearchRequest, readWindowRequest];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      for (const read of [...readers, readOperationsRequest]) {
        try {
          read(bytes);
        } catch (error) {
          assert.ok(error instanceof WireError);
        }
      }
    }),
    { numRuns: 2000 },
  );
});
