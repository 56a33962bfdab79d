import assert from "node:assert/strict";
import { test } from "node:test";
import { float64Column, int32Column, uint8Column } from "./columns.ts";

test("columns are zero, of the length asked for, and none overlaps another", () => {
  const columns = Array.from({ length: 3000 }, (_, n) => {
    const length = n % 400;
    const column = [float64Column, int32Column, uint8Column][n % 3]?.(length);
    assert.ok(column !== undefined && column.length === length && column.every((x) => x === 0));
    return column.fill(n % 251);
  });
  for (const [n, column] of columns.entries()) assert.ok(column.every((x) => x === n % 251));
});
