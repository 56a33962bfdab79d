import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { generatedColumns } from "../test/generated-trace.ts";
import { minimapPixels } from "./minimap-pixels.ts";
import { at, STATUS_ERROR } from "./trace-columns.ts";

const COLOURS = { services: Uint32Array.of(1, 2, 3), path: 4, error: 5 };

test("every error is on the map, whatever lies over it", () => {
  fc.assert(
    fc.property(
      generatedColumns,
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 50 }),
      (columns, width, height) => {
        const pixels = minimapPixels(columns, undefined, COLOURS, width, height);
        assert.equal(pixels.length, width * height);
        const failed = columns.status.includes(STATUS_ERROR);
        assert.equal(pixels.includes(COLOURS.error), failed);
      },
    ),
  );
});

test("a row is drawn where it is in time and order", () => {
  fc.assert(
    fc.property(generatedColumns, (columns) => {
      const height = columns.count;
      const clean = { ...columns, status: new Uint8Array(columns.count) };
      const pixels = minimapPixels(clean, undefined, COLOURS, columns.durationNanos, height);
      for (let row = 0; row < columns.count; row++) {
        const at0 = row * columns.durationNanos + at(columns.start, row);
        assert.equal(pixels[at0], COLOURS.services[at(columns.service, row)]);
      }
    }),
  );
});
