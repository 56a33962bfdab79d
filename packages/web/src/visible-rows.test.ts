import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { generatedColumns } from "../test/generated-trace.ts";
import { rowPositions } from "./path-connectors.ts";
import { at, type TraceColumns } from "./trace-columns.ts";
import { collapsedFrom, isVisible, positionOf, revealed, visibleRows } from "./visible-rows.ts";

const folded = generatedColumns.chain((columns) =>
  fc
    .uniqueArray(fc.integer({ min: 0, max: columns.count - 1 }))
    .map((rows) => ({ columns, collapsed: new Set(rows) })),
);

function isInside(columns: TraceColumns, row: number, collapsed: ReadonlySet<number>): boolean {
  let above = at(columns.parent, row);
  while (above >= 0 && !collapsed.has(above)) above = at(columns.parent, above);
  return above >= 0;
}

test("exactly the rows under no collapsed row are visible", () => {
  fc.assert(
    fc.property(folded, ({ columns, collapsed }) => {
      const visible = visibleRows(columns, collapsed, undefined);
      for (let row = 0; row < columns.count; row++) {
        assert.equal(isVisible(visible, row), !isInside(columns, row, collapsed));
      }
    }),
  );
});

test("a revealed row is visible, and nothing else was opened than what hid it", () => {
  fc.assert(
    fc.property(folded, fc.nat(), ({ columns, collapsed }, pick) => {
      const row = pick % columns.count;
      const after = revealed(columns, collapsed, row);
      assert.ok(isVisible(visibleRows(columns, after, undefined), row));
      for (const kept of collapsed) {
        const holdsRow = row > kept && row < at(columns.subtreeEnd, kept);
        assert.equal(after.has(kept), !holdsRow);
      }
    }),
  );
});

test("a mask leaves only its rows", () => {
  fc.assert(
    fc.property(generatedColumns, (columns) => {
      const mask = Uint8Array.from({ length: columns.count }, (_, row) => row % 2);
      const visible = visibleRows(columns, new Set(), mask);
      assert.deepEqual(
        [...visible],
        [...mask.keys()].filter((row) => mask[row] === 1),
      );
    }),
  );
});

test("positions of rows agree with the search for them", () => {
  fc.assert(
    fc.property(folded, ({ columns, collapsed }) => {
      const visible = visibleRows(columns, collapsed, undefined);
      const positions = rowPositions(columns.count, visible);
      for (let row = 0; row < columns.count; row++) {
        assert.equal(positions[row], positionOf(visible, row));
      }
    }),
  );
});

test("collapsing from depth 1 leaves the first two levels", () => {
  fc.assert(
    fc.property(generatedColumns, (columns) => {
      const visible = visibleRows(columns, collapsedFrom(columns, 1), undefined);
      for (const row of visible) assert.ok(at(columns.depth, row) <= 1);
    }),
  );
});
