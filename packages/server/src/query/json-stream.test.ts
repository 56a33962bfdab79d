import assert from "node:assert/strict";
import { constants } from "node:buffer";
import { test } from "node:test";
import { type DataOrError, jsonEnvelope } from "./json-stream.ts";

async function* each(items: readonly DataOrError[]): AsyncGenerator<DataOrError> {
  yield* items;
}

async function envelope(items: readonly DataOrError[]): Promise<unknown> {
  let text = "";
  for await (const chunk of jsonEnvelope(each(items))) text += chunk;
  return JSON.parse(text);
}

const EMPTY = { data: [], total: 0, limit: 0, offset: 0, errors: null };

test("data and errors come in the envelope, none or many", async () => {
  assert.deepEqual(await envelope([]), EMPTY);
  const first = { data: { traceID: "a" }, traceId: "a" };
  assert.deepEqual(await envelope([first, { error: { msg: "x" } }, first]), {
    ...EMPTY,
    data: [first.data, first.data],
    errors: [{ msg: "x" }],
  });
});

test("a trace that is longer than a text can be is named, and the others come", async () => {
  const half = "x".repeat(constants.MAX_STRING_LENGTH / 2);
  const other = { data: { traceID: "b" }, traceId: "b" };
  const answer = await envelope([{ data: [half, half], traceId: "a" }, other]);
  const { data, errors } = answer as { data: unknown[]; errors: { code: number; msg: string }[] };
  assert.deepEqual(data, [other.data]);
  assert.deepEqual(
    errors.map((error) => ({ ...error, msg: "" })),
    [{ code: 422, msg: "", traceID: "a" }],
  );
  assert.match(errors[0]?.msg ?? "", /536870888 characters/);
});
