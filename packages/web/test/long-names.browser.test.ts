// Names of absurd length stay in their places.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { noChromium } from "./chromium.ts";
import { idle, NARROW, textOf, UiSession, WIDE } from "./ui-session.ts";

const TRACE_ID = "5bf92f3577b34da6a3ce929d0e0e4736";
const SERVICE = `service-${"s".repeat(4992)}`;
const OPERATION = "operation ".repeat(2000).trimEnd();
const MESSAGE = "m".repeat(5000);

describe("names of thousands of characters", { skip: noChromium }, () => {
  let session: UiSession;
  before(async () => {
    session = await UiSession.start(trace(Date.now() - 30_000));
  });
  after(() => session?.close());

  for (const look of [WIDE, NARROW]) {
    test(`leave the page its shape (${look.width} px)`, async () => {
      await session.journey(look, async (page) => {
        await session.open(page, "/");
        const row = await page.locator(".trace-row").boundingBox();
        assert.ok(row !== null && row.height < 400, `a row of ${row?.height} px`);

        await session.open(page, `/trace/${TRACE_ID}`);
        const heading = page.getByRole("heading", { level: 1 });
        const clamped = await heading.boundingBox();
        assert.ok(clamped !== null && clamped.height < 200, `a heading of ${clamped?.height} px`);
        const verdict = await page.locator(".verdict").boundingBox();
        assert.ok(verdict !== null && verdict.height < 3200, `a verdict of ${verdict?.height} px`);

        await page.getByRole("button", { name: "More", exact: true }).click();
        await idle(page);
        const whole = await heading.boundingBox();
        assert.ok(whole !== null && whole.height > 400);
        assert.ok((await textOf(heading)).includes(SERVICE));
        await page.getByRole("button", { name: "Less", exact: true }).click();
        await idle(page);
        assert.equal((await heading.boundingBox())?.height, clamped.height);

        await page.getByRole("treeitem").first().click();
        await idle(page);
        const head = await page.locator(".panel-head").boundingBox();
        assert.ok(head !== null && head.height < 400, `a panel's head of ${head?.height} px`);
        assert.ok((await textOf(page.locator(".panel-head"))).includes(SERVICE));
      });
    });
  }
});

/** Body of POST /v1/traces: a failing caller of a failing callee, and statements that repeat. */
function trace(startMs: number): string {
  const at = (ms: number): string => `${startMs + ms}000000`;
  const span = (id: number, parent: number, fromMs: number, toMs: number): object => ({
    traceId: TRACE_ID,
    spanId: id.toString(16).padStart(16, "0"),
    parentSpanId: parent === 0 ? "" : parent.toString(16).padStart(16, "0"),
    name: OPERATION,
    kind: parent === 0 ? 2 : 3,
    startTimeUnixNano: at(fromMs),
    endTimeUnixNano: at(toMs),
    attributes: [
      { key: "db.system.name", value: { stringValue: "postgresql" } },
      { key: "db.query.text", value: { stringValue: `SELECT ${MESSAGE}` } },
    ],
    status: { code: 2, message: MESSAGE },
  });
  const calls = Array.from({ length: 12 }, (_, i) => span(i + 2, 1, 10 + i * 100, 105 + i * 100));
  const resourceOf = (name: string): object => ({
    attributes: [{ key: "service.name", value: { stringValue: name } }],
  });
  return JSON.stringify({
    resourceSpans: [
      {
        resource: resourceOf(SERVICE),
        scopeSpans: [{ scope: { name: "long" }, spans: [span(1, 0, 0, 1300)] }],
      },
      {
        resource: resourceOf(`${SERVICE}-2`),
        scopeSpans: [{ scope: { name: "long" }, spans: calls }],
      },
    ],
  });
}
