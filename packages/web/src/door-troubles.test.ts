import assert from "node:assert/strict";
import { test } from "node:test";
import { doorTroubles } from "./door-troubles.ts";

const DOOR = { name: "jaeger-compact", address: "127.0.0.1:6831", spans: 5, rejectedSpans: 0 };

test("what did not come through a door is told by kind, and nothing of what did not happen", () => {
  assert.deepEqual(doorTroubles({ ...DOOR, refusedRequests: {} }), []);
  const packets = {
    receivedPackets: 9,
    malformedPackets: 1,
    droppedPackets: 0,
    lostPackets: 1200,
    latePackets: 0,
    clientDroppedSpans: 2,
  };
  assert.deepEqual(doorTroubles({ ...DOOR, refusedRequests: { malformed: 3 }, packets }), [
    "3 requests malformed",
    "1 packet unreadable",
    "1,200 packets lost",
    "2 spans lost before they were sent",
  ]);
});
