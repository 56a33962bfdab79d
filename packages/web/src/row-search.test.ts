import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { generatedColumns } from "../test/generated-trace.ts";
import { errorRows, matchingRows, nextRow } from "./row-search.ts";
import { at, operationName, serviceName } from "./trace-columns.ts";

test("a row matches when its service or operation holds every word, in any case", () => {
  fc.assert(
    fc.property(
      generatedColumns,
      fc.constantFrom("stock", "STOCK select", "pay", "get shop", "nothing"),
      (columns, typed) => {
        const matches = matchingRows(columns, typed);
        const words = typed.toLowerCase().split(" ");
        for (let row = 0; row < columns.count; row++) {
          const names = [serviceName(columns, row), operationName(columns, row)].map((name) =>
            name.toLowerCase(),
          );
          const wanted = words.every((word) => names.some((name) => name.includes(word)));
          assert.equal(matches?.mask[row] === 1, wanted);
        }
      },
    ),
  );
});

test("blank text is no search, and a span's id finds that span alone", () => {
  fc.assert(
    fc.property(generatedColumns, fc.nat(), (columns, pick) => {
      const row = pick % columns.count;
      assert.equal(matchingRows(columns, "  "), undefined);
      const found = matchingRows(columns, columns.spanIds[row] ?? "");
      assert.deepEqual([...(found?.rows ?? [])], [row]);
    }),
  );
});

test("stepping through rows goes around the end both ways", () => {
  const rows = Int32Array.of(2, 5, 9);
  assert.equal(nextRow(rows, undefined, false), 2);
  assert.equal(nextRow(rows, 5, false), 9);
  assert.equal(nextRow(rows, 9, false), 2);
  assert.equal(nextRow(rows, 2, true), 9);
  assert.equal(nextRow(rows, 7, true), 5);
  assert.equal(nextRow(new Int32Array(), 1, false), undefined);
});

test("errors are the rows with status error", () => {
  fc.assert(
    fc.property(generatedColumns, (columns) => {
      for (const row of errorRows(columns)) assert.equal(at(columns.status, row), 2);
    }),
  );
});
