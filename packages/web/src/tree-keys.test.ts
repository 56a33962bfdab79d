import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { generatedColumns } from "../test/generated-trace.ts";
import { at, hasChildren } from "./trace-columns.ts";
import { treeCommand } from "./tree-keys.ts";
import { isVisible, visibleRows } from "./visible-rows.ts";
import { initialState, nextState, type WaterfallState } from "./waterfall-state.ts";

const KEYS = [
  "ArrowDown",
  "ArrowUp",
  "ArrowLeft",
  "ArrowRight",
  "PageDown",
  "PageUp",
  "Home",
  "End",
];

test("whatever is pressed, the cursor stays on a visible row", () => {
  fc.assert(
    fc.property(generatedColumns, fc.array(fc.constantFrom(...KEYS)), (columns, keys) => {
      let state: WaterfallState = initialState(columns);
      for (const key of keys) {
        const { collapsed, cursor } = state;
        const visible = visibleRows(columns, collapsed, undefined);
        const command = treeCommand(key, { columns, visible, collapsed, cursor, pageRows: 7 });
        if (command?.do === "go") {
          state = nextState(columns, state, { ...command, mask: undefined });
        } else if (command?.do === "toggle") state = nextState(columns, state, command);
        const after = visibleRows(columns, state.collapsed, undefined);
        assert.ok(isVisible(after, state.cursor));
      }
    }),
  );
});

test("left folds, then goes to the parent; right unfolds, then goes to the first child", () => {
  fc.assert(
    fc.property(generatedColumns, fc.nat(), (columns, pick) => {
      const cursor = pick % columns.count;
      const visible = visibleRows(columns, new Set(), undefined);
      const open = { columns, visible, collapsed: new Set<number>(), cursor, pageRows: 7 };
      const parent = at(columns.parent, cursor);
      if (hasChildren(columns, cursor)) {
        assert.deepEqual(treeCommand("ArrowLeft", open), { do: "toggle", row: cursor });
        assert.deepEqual(treeCommand("ArrowRight", open), { do: "go", row: cursor + 1 });
        const closed = { ...open, collapsed: new Set([cursor]) };
        assert.deepEqual(treeCommand("ArrowRight", closed), { do: "toggle", row: cursor });
      } else {
        assert.equal(treeCommand("ArrowRight", open), undefined);
        const up = parent < 0 ? undefined : { do: "go", row: parent };
        assert.deepEqual(treeCommand("ArrowLeft", open), up);
      }
    }),
  );
});

test("collapsing everything keeps the cursor visible", () => {
  fc.assert(
    fc.property(generatedColumns, fc.nat(), (columns, pick) => {
      const cursor = pick % columns.count;
      const state = nextState(
        columns,
        { ...initialState(columns), cursor },
        { do: "collapse-all" },
      );
      assert.ok(isVisible(visibleRows(columns, state.collapsed, undefined), state.cursor));
    }),
  );
});
