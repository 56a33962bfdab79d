import assert from "node:assert/strict";
import { it } from "node:test";
import { sketched } from "../test/sketched-span.ts";
import { groupByTrace } from "./trace-groups.ts";

it("groups spans by trace in the order of first sight", () => {
  const span = sketched({ id: "a", start: 0, end: 1 });
  const of = (traceId: string, id: string) => ({ ...span, traceId, spanId: id });
  const groups = groupByTrace([of("t2", "1"), of("t1", "2"), of("t2", "3")]);
  assert.deepEqual([...groups.keys()], ["t2", "t1"]);
  assert.deepEqual(
    groups.get("t2")?.map(({ spanId }) => spanId),
    ["1", "3"],
  );
});
