import assert from "node:assert/strict";
import { test } from "node:test";
import {
  exportResponseJson,
  exportResponseProtobuf,
  statusJson,
  statusProtobuf,
} from "./rpc-status.ts";

test("a status is a google.rpc.Status in protobuf", () => {
  assert.equal(statusProtobuf({ code: 3, message: "bad" }).toString("hex"), "08031203626164");
});

test("a status that may be retried carries a RetryInfo with the delay", () => {
  const bytes = statusProtobuf({ code: 14, message: "x", retryAfterMs: 1500 });
  const typeUrl = Buffer.from("type.googleapis.com/google.rpc.RetryInfo").toString("hex");
  // Any{type_url, value: RetryInfo{retry_delay: Duration{seconds: 1, nanos: 500000000}}}
  const delay = "08011080cab5ee01";
  const retryInfo = `0a08${delay}`;
  const any = `0a28${typeUrl}120a${retryInfo}`;
  assert.equal(bytes.toString("hex"), `080e1201781a36${any}`);
  assert.deepEqual(JSON.parse(statusJson({ code: 14, message: "x", retryAfterMs: 1500 })), {
    code: 14,
    message: "x",
    details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1.5s" }],
  });
});

test("an export that was taken whole answers with an empty message", () => {
  assert.equal(exportResponseProtobuf(undefined).length, 0);
  assert.equal(exportResponseJson(undefined), "{}");
});

test("rejected spans are told in partial_success", () => {
  const partial = { rejectedSpans: 300, message: "no id" };
  assert.equal(exportResponseProtobuf(partial).toString("hex"), "0a0a08ac0212056e6f206964");
  assert.deepEqual(JSON.parse(exportResponseJson(partial)), {
    partialSuccess: { rejectedSpans: "300", errorMessage: "no id" },
  });
});
