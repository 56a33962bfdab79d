// The search by verdict in a real browser.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { noChromium } from "./chromium.ts";
import { FAILED_TRACE_ID, failedOrder, goodOrder } from "./order-trace.ts";
import { idle, LOOKS, NARROW, textOf, UiSession, WIDE } from "./ui-session.ts";

describe("the search by verdict", { skip: noChromium }, () => {
  let session: UiSession;
  before(async () => {
    const now = Date.now();
    session = await UiSession.start(goodOrder(now - 60_000), failedOrder(now - 30_000));
    await session.judged(2);
  });
  after(() => session?.close());

  for (const look of LOOKS) {
    test(`finding, bottleneck and error narrow the list and live in the URL (${look.width} px, ${look.colorScheme})`, async () => {
      await session.journey(look, async (page) => {
        await session.open(page, "/");
        if (look.width === NARROW.width) {
          await page.getByRole("button", { name: "Filters" }).click();
          await idle(page);
        }
        assert.equal(await page.getByLabel("Finding").isVisible(), false);
        await page.getByText("Verdict", { exact: true }).click();
        await idle(page);
        await page.getByLabel("Bottleneck").selectOption("order-service");
        await idle(page);
        assert.equal(await page.locator(".trace-row").count(), 2);
        await page.getByLabel("Finding").selectOption({ label: "Timeout" });
        await idle(page);
        await page.getByLabel("Error began in").selectOption("order-service");
        await idle(page);
        const link = page.locator(".trace-row a");
        assert.equal(await link.getAttribute("href"), `/trace/${FAILED_TRACE_ID}`);
        assert.equal(
          new URL(page.url()).search,
          "?bottleneck=order-service&finding=timeout&errorOrigin=order-service",
        );
        await page.goBack();
        await idle(page);
        assert.equal(await page.getByLabel("Error began in").inputValue(), "");
        assert.equal(await page.getByLabel("Finding").inputValue(), "timeout");
        await page.getByRole("link", { name: "Clear" }).first().click();
        await idle(page);
        assert.equal(await page.locator(".trace-row").count(), 2);
        assert.equal(new URL(page.url()).search, "");
      });
    });
  }

  test("a link with a filter opens the fields, and an empty answer says when verdicts come", async () => {
    await session.journey(WIDE, async (page) => {
      await session.open(page, "/?finding=slow-query&errorOrigin=frontend-service");
      assert.equal(await page.getByLabel("Finding").inputValue(), "slow-query");
      const notice = await textOf(page.locator(".notice"));
      assert.match(notice, /verdict some seconds after its last span/);
      await session.open(page, "/?service=frontend-service&minDuration=1h");
      assert.doesNotMatch(await textOf(page.locator(".notice")), /verdict/);
    });
  });
});
