// The axis of traces of months, and of no time at all.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { noChromium } from "./chromium.ts";
import { NARROW, textOf, UiSession, WIDE } from "./ui-session.ts";

const LONG_TRACE_ID = "6bf92f3577b34da6a3ce929d0e0e4736";
const ZERO_TRACE_ID = "7bf92f3577b34da6a3ce929d0e0e4736";
const LONG_SECONDS = 9_003_600;

describe("the time axis", { skip: noChromium }, () => {
  let session: UiSession;
  before(async () => {
    const nowSeconds = Math.floor(Date.now() / 1000);
    session = await UiSession.start(
      trace(LONG_TRACE_ID, nowSeconds - LONG_SECONDS, LONG_SECONDS),
      trace(ZERO_TRACE_ID, nowSeconds - 60, 0),
    );
  });
  after(() => session?.close());

  for (const look of [WIDE, NARROW]) {
    test(`counts a trace of months in days, and no label touches another (${look.width} px)`, async () => {
      await session.journey(look, async (page) => {
        await session.open(page, `/trace/${LONG_TRACE_ID}`);
        const ticks = page.locator(".time-axis .tick");
        const boxes = await ticks.evaluateAll((elements) =>
          elements.map((element) => {
            const { left, right } = element.getBoundingClientRect();
            return { left, right, label: element.textContent };
          }),
        );
        assert.ok(boxes.length > 2);
        boxes.forEach(({ label, right }, index) => {
          assert.match(label ?? "", /^(0|\d+ d)$/);
          const next = boxes[index + 1];
          assert.ok(next === undefined || right < next.left, `${label} touches ${next?.label}`);
        });
      });
    });
  }

  test("a trace of no length has a beginning only", async () => {
    await session.journey(WIDE, async (page) => {
      await session.open(page, `/trace/${ZERO_TRACE_ID}`);
      assert.equal(await textOf(page.locator(".time-axis")), "0");
    });
  });
});

function trace(traceId: string, startSeconds: number, seconds: number): string {
  const span = {
    traceId,
    spanId: "0000000000000001",
    name: "wait",
    kind: 1,
    startTimeUnixNano: `${startSeconds}000000000`,
    endTimeUnixNano: `${startSeconds + seconds}000000000`,
  };
  const attributes = [{ key: "service.name", value: { stringValue: "waiter" } }];
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [span] }] }],
  });
}
