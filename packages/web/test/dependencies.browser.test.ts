// Who calls whom, and how the server stands, in a real browser against a real server.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { callingServices } from "./calling-services.ts";
import { noChromium } from "./chromium.ts";
import { idle, LOOKS, textOf, UiSession, WIDE } from "./ui-session.ts";

describe("the page of dependencies", { skip: noChromium }, () => {
  let session: UiSession;
  before(async () => {
    const now = Date.now();
    session = await UiSession.start(
      callingServices(now - 60_000, 40, { isBad: true }),
      callingServices(now - 90 * 60_000, 40, { isBad: false }),
    );
  });
  after(() => session?.close());

  for (const look of LOOKS) {
    test(`says which calls fail and which got slower (${look.width} px, ${look.colorScheme})`, async () => {
      await session.journey(look, async (page) => {
        await session.open(page, "/");
        await page.getByRole("link", { name: "Dependencies" }).click();
        await idle(page);
        assert.match(
          await textOf(page.getByRole("heading", { level: 1 })),
          /^checkout → payment fails: 10 of 40 calls, 25 %, was 0 %\. It got slower: p95 30\d ms, was 60\.\d ms\.$/,
        );
        const rows = page.locator(".dependency-table tbody tr");
        assert.equal(await rows.count(), 5);
        const first = await textOf(rows.first());
        assert.match(first, /frontend\s*calls\s*→\s*checkout/);
        assert.match(first, /10 · 25 %/);

        await page.getByRole("button", { name: "Calls", exact: true }).click();
        await idle(page);
        assert.match(await textOf(rows.first()), /recommendation/);
        assert.equal(new URL(page.url()).search, "?sort=calls");
      });
    });
  }

  test("a failure leads to its traces, a service to its calls", async () => {
    await session.journey(WIDE, async (page) => {
      await session.open(page, "/dependencies?service=payment");
      const rows = page.locator(".dependency-table tbody tr");
      assert.equal(await rows.count(), 1);
      await rows.first().getByRole("link", { name: "checkout" }).click();
      await idle(page);
      assert.equal(await rows.count(), 3);
      assert.equal(await page.getByRole("combobox", { name: "Service" }).inputValue(), "checkout");
      await page.getByRole("link", { name: "10 · 25 %" }).first().click();
      await idle(page);
      assert.equal(await page.locator(".trace-row").count(), 10);
    });
  });

  test("where nobody calls anybody the page says what to do", async () => {
    await session.journey(WIDE, async (page) => {
      await session.open(page, "/dependencies?lookback=1ms");
      assert.match(await textOf(page.locator(".notice")), /No calls/);
      await page.getByRole("button", { name: "Last 7 days" }).click();
      await idle(page);
      assert.equal(await page.locator(".dependency-table tbody tr").count(), 5);
    });
  });

  for (const look of LOOKS) {
    test(`the status page counts what came through each door (${look.width} px, ${look.colorScheme})`, async () => {
      await session.journey(look, async (page) => {
        await session.open(page, "/status");
        const doors = page.locator(".door-table tbody tr");
        assert.match(await textOf(doors.first()), /otlp-http\s*127\.0\.0\.1:\d+\s*(spans\s*)?560/);
        assert.match(await textOf(page.locator(".status-figures")), /560\s*since the start/);
      });
    });
  }
});
