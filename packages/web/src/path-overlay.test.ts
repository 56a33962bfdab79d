import assert from "node:assert/strict";
import { test } from "node:test";
import type { Verdict } from "@culprit/api";
import fc from "fast-check";
import { generatedColumns } from "../test/generated-trace.ts";
import { connectorPath, rowPositions } from "./path-connectors.ts";
import { type PathOverlay, pathNanos, pathOverlay, sectionPath } from "./path-overlay.ts";
import { at, type TraceColumns, traceColumns } from "./trace-columns.ts";
import { visibleRows } from "./visible-rows.ts";

type Section = readonly [row: number, start: number, end: number];

function sectionsOf(columns: TraceColumns, sections: readonly Section[]): Verdict["criticalPath"] {
  const base = BigInt(columns.startUnixNano);
  return sections.map(([row, start, end]) => ({
    spanId: columns.spanIds[row] ?? "",
    service: "",
    operation: "",
    startUnixNano: String(base + BigInt(start)),
    endUnixNano: String(base + BigInt(end)),
  }));
}

const paths = generatedColumns.chain((columns) =>
  fc
    .array(
      fc.tuple(fc.integer({ min: 0, max: columns.count - 1 }), fc.integer({ min: 1, max: 90 })),
    )
    .map((steps) => {
      let clock = 0;
      const sections = steps.map(([row, nanos]): Section => {
        clock += nanos;
        return [row, clock - nanos, clock];
      });
      return { columns, sections, nanos: clock };
    }),
);

test("every section is found again at its row, and the sums agree", () => {
  fc.assert(
    fc.property(paths, ({ columns, sections, nanos }) => {
      const overlay = pathOverlay(columns, sectionsOf(columns, sections));
      let sum = 0;
      for (let row = 0; row < columns.count; row++) {
        const own = sections.filter(([sectionRow]) => sectionRow === row);
        const from = at(overlay.offsets, row);
        assert.equal(at(overlay.offsets, row + 1) - from, own.length);
        own.forEach(([, start, end], index) => {
          assert.equal(overlay.start[from + index], start);
          assert.equal(overlay.end[from + index], end);
        });
        sum += pathNanos(overlay, row);
      }
      assert.equal(sum, nanos);
    }),
  );
});

test("the mask holds the path's rows and all of their ancestors, nothing else", () => {
  fc.assert(
    fc.property(paths, ({ columns, sections }) => {
      const overlay = pathOverlay(columns, sectionsOf(columns, sections));
      const wanted = new Set<number>();
      for (const [first] of sections) {
        for (let row = first; row >= 0; row = at(columns.parent, row)) wanted.add(row);
      }
      assert.deepEqual(
        [...overlay.mask.keys()].filter((row) => overlay.mask[row] === 1),
        [...wanted].sort((a, b) => a - b),
      );
    }),
  );
});

// Two rows: a root from 0 to 100 and its child.
function pair(sections: readonly Section[]): { columns: TraceColumns; overlay: PathOverlay } {
  const columns = traceColumns({
    schema: 1,
    traceId: "1",
    startUnixNano: "1763467200000000000",
    durationNanos: 100,
    warnings: [],
    services: ["shop"],
    operations: ["GET /"],
    spans: {
      spanId: ["a", "b"],
      parent: [-1, 0],
      depth: [0, 1],
      service: [0, 0],
      operation: [0, 0],
      kind: [2, 3],
      startNanos: [0, 20],
      durationNanos: [100, 60],
      status: [0, 0],
    },
  });
  return { columns, overlay: pathOverlay(columns, sectionsOf(columns, sections)) };
}

test("sections closer than a pixel are drawn as one", () => {
  const { overlay } = pair([
    [0, 0, 40],
    [1, 40, 41],
    [0, 41, 100],
  ]);
  const rectangles = (widthPx: number): number =>
    sectionPath(overlay, 0, { start: 0, end: 100 }, widthPx, 4).split("M").length - 1;
  assert.equal(rectangles(50), 1);
  assert.equal(rectangles(1000), 2);
});

test("sections outside of the window are not drawn and those across its edge are cut", () => {
  const { overlay } = pair([[0, 0, 100]]);
  assert.equal(sectionPath(overlay, 0, { start: 25, end: 75 }, 100, 4), "M0.0 0h100.0v4h-100.0z");
  assert.equal(sectionPath(overlay, 1, { start: 25, end: 75 }, 100, 4), "");
});

test("an upright line joins the rows between which the path changes", () => {
  const { columns, overlay } = pair([
    [0, 0, 20],
    [1, 20, 80],
    [0, 80, 100],
  ]);
  const visible = visibleRows(columns, new Set(), undefined);
  const view = {
    positions: rowPositions(columns.count, visible),
    first: 0,
    last: 1,
    window: { start: 0, end: 100 },
    widthPx: 100,
    rowHeightPx: 24,
    barMiddlePx: 12,
  };
  assert.equal(connectorPath(overlay, view), "M20.5 12V36M80.5 12V36");
  // With only the child on screen both lines come from above: two in 100 px are no wall, two in 10 px are.
  assert.equal(connectorPath(overlay, { ...view, first: 1 }), "M20.5 -12V12M80.5 -12V12");
  assert.equal(connectorPath(overlay, { ...view, first: 1, widthPx: 10 }), "");
  const collapsed = rowPositions(columns.count, visibleRows(columns, new Set([0]), undefined));
  assert.equal(connectorPath(overlay, { ...view, positions: collapsed, last: 0 }), "");
});
