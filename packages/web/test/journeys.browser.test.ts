// What a user does, in a real browser against a real server.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { noChromium } from "./chromium.ts";
import { FAILED_TRACE_ID, failedOrder, GOOD_TRACE_ID, goodOrder } from "./order-trace.ts";
import { assertVisible, idle, LOOKS, textOf, UiSession, WIDE } from "./ui-session.ts";

describe("the web UI", { skip: noChromium }, () => {
  let session: UiSession;
  before(async () => {
    const now = Date.now();
    session = await UiSession.start(goodOrder(now - 60_000), failedOrder(now - 30_000));
  });
  after(() => session?.close());

  for (const look of LOOKS) {
    const name = `${look.width} px, ${look.colorScheme}`;

    test(`from the list to the culprit of a failed order (${name})`, async () => {
      await session.journey(look, async (page) => {
        await session.open(page, "/");
        const rows = page.locator(".trace-row");
        assert.equal(await rows.count(), 2);
        const summary = await textOf(rows.first().locator(".trace-summary"));
        assert.match(summary, /order-service \/ pg\.query:SELECT order_db .*57014/);

        await rows.first().getByRole("link").click();
        await idle(page);
        assert.equal(new URL(page.url()).pathname, `/trace/${FAILED_TRACE_ID}`);
        assert.equal(await textOf(page.getByRole("heading", { level: 1 })), summary);
        assert.match(await textOf(page.locator(".bottleneck")), /85 %\s*order-service/);

        const chain = await textOf(page.locator(".chain"));
        assert.match(chain, /57014 canceling statement due to statement timeout/);
        assert.match(chain, /began in\s*order-service pg\.query:SELECT order_db/);
        for (const service of ["inventory-service", "payment-service", "frontend-service"]) {
          assert.match(chain, new RegExp(`then\\s*${service}`));
        }

        // The path's accent covers the cancelled statement's bar from end to end.
        const row = page.getByRole("treeitem", {
          name: /pg\.query:SELECT order_db, 3\.00 s, error/,
        });
        await row.scrollIntoViewIfNeeded();
        const bar = await row.locator(".bar").boundingBox();
        const path = await row.locator(".path path").boundingBox();
        assert.ok(bar !== null && path !== null);
        assert.ok(Math.abs(bar.width - path.width) < 6, `${bar.width} px, ${path.width} px`);
        assert.ok(Math.abs(bar.x - path.x) < 6);
        assert.equal(await row.getAttribute("data-origin"), "true");

        await page.locator(".chain").getByRole("button", { name: "pg.query:SELECT" }).click();
        await idle(page);
        const panel = page.getByRole("complementary", { name: "Span details" });
        const text = await textOf(panel);
        assert.match(text, /db\.query\.text\s*SELECT pg_sleep\(\$1\)/);
        assert.match(text, /exception \+3\.00 s/);
        const spanId = new URL(page.url()).searchParams.get("span");
        const selected = page.locator("[role=treeitem][aria-selected=true]");
        assert.match((await selected.getAttribute("aria-label")) ?? "", /SELECT order_db/);
        await assertVisible(page, "[role=treeitem][aria-selected=true]");

        // The link alone restores the view.
        await session.open(page, `/trace/${FAILED_TRACE_ID}?span=${spanId}`);
        await assertVisible(page, "[role=treeitem][aria-selected=true]");
        await page.keyboard.press("Tab");
        await panel.getByRole("button", { name: "Close details" }).click();
        await idle(page);
        assert.equal(await panel.count(), 0);
      });
    });
  }

  test("the search lives in the URL and narrows the list", async () => {
    await session.journey(WIDE, async (page) => {
      await session.open(page, "/");
      await page.getByLabel("Service").selectOption("order-service");
      await idle(page);
      await page.getByLabel("Operation").selectOption("save_order_to_db");
      await idle(page);
      await page.getByLabel("Attributes").fill("error.type=57014");
      await page.keyboard.press("Enter");
      await idle(page);
      assert.equal(await page.locator(".trace-row").count(), 0);
      await page.getByLabel("Operation").selectOption("");
      await idle(page);
      assert.equal(await page.locator(".trace-row").count(), 1);
      assert.equal(new URL(page.url()).search, "?service=order-service&tag=error.type%3A57014");
      await page.getByRole("button", { name: "Remove error.type=57014" }).click();
      await idle(page);
      await page.getByLabel("Shortest duration").fill("2s");
      await page.keyboard.press("Enter");
      await idle(page);
      assert.equal(await page.locator(".trace-row").count(), 1);
      await page.goBack();
      await idle(page);
      assert.equal(await page.locator(".trace-row").count(), 2);
      assert.equal(await page.getByLabel("Service").inputValue(), "order-service");
    });
  });

  test("older traces are a page away, and the newest as well", async () => {
    await session.journey(WIDE, async (page) => {
      await session.open(page, "/?limit=1");
      await page.getByRole("link", { name: "Older traces" }).click();
      await idle(page);
      const link = page.locator(".trace-row a");
      assert.equal(await link.getAttribute("href"), `/trace/${GOOD_TRACE_ID}`);
      await page.getByRole("link", { name: "Newest" }).click();
      await idle(page);
      assert.equal(await link.getAttribute("href"), `/trace/${FAILED_TRACE_ID}`);
    });
  });

  test("back from a trace the list is where one left it", async () => {
    await session.journey(WIDE, async (page) => {
      await page.setViewportSize({ width: 1440, height: 240 });
      await session.open(page, "/");
      await page.locator(".trace-row").last().scrollIntoViewIfNeeded();
      const before = await page.evaluate(() => window.scrollY);
      assert.ok(before > 0);
      await page.locator(".trace-row a").last().click();
      await idle(page);
      assert.equal(await page.evaluate(() => window.scrollY), 0);
      await page.goBack();
      await idle(page);
      assert.equal(await page.evaluate(() => window.scrollY), before);
    });
  });

  test("a trace id that is pasted opens its trace", async () => {
    await session.journey(WIDE, async (page) => {
      await session.open(page, "/");
      await page.getByLabel("Trace id").fill(GOOD_TRACE_ID.toUpperCase());
      await page.keyboard.press("Enter");
      await idle(page);
      assert.equal(new URL(page.url()).pathname, `/trace/${GOOD_TRACE_ID}`);
    });
  });

  test("the waterfall is walked, folded and searched by keyboard", async () => {
    await session.journey(WIDE, async (page) => {
      await session.open(page, `/trace/${GOOD_TRACE_ID}`);
      const tree = page.getByRole("tree");
      const rows = page.getByRole("treeitem");
      const active = async (): Promise<string> => {
        const id = await tree.getAttribute("aria-activedescendant");
        return (await page.locator(`#${id}`).getAttribute("aria-label")) ?? "";
      };
      const all = await rows.count();
      await tree.focus();
      await page.keyboard.press("End");
      await idle(page);
      assert.match(await active(), /pg\.query/);
      await page.keyboard.press("ArrowLeft");
      await idle(page);
      assert.match(await active(), /save_order_to_db/);
      await page.keyboard.press("ArrowLeft");
      await idle(page);
      assert.equal(await rows.count(), all - 1);
      await page.keyboard.press("Enter");
      await idle(page);
      assert.match(
        await textOf(page.getByRole("complementary").getByRole("heading", { level: 2 })),
        /save_order_to_db/,
      );
      await page.keyboard.press("Escape");
      await idle(page);
      assert.equal(await page.getByRole("complementary").count(), 0);

      // What is found inside a fold unfolds it.
      await page.getByRole("searchbox").fill("order pg.query");
      await page.keyboard.press("Enter");
      await idle(page);
      assert.match(await active(), /pg\.query/);
      assert.equal(await rows.count(), all);
    });
  });

  test("keys reach the waterfall from the top of the page, but not out of a field", async () => {
    await session.journey(WIDE, async (page) => {
      await page.setViewportSize({ width: 1440, height: 500 });
      await session.open(page, `/trace/${FAILED_TRACE_ID}`);
      const tree = page.getByRole("tree");
      assert.ok(((await tree.boundingBox())?.y ?? 0) > 500, "the waterfall is in view already");
      await page.keyboard.press("Control+e");
      await page.keyboard.press("Space");
      await idle(page);
      const selected = page.locator("[role=treeitem][aria-selected=true]");
      assert.equal(await selected.count(), 0);
      await page.evaluate(() => window.scrollTo(0, 0));

      await page.keyboard.press("e");
      await idle(page);
      assert.equal(await selected.getAttribute("data-failed"), "true");
      await assertVisible(page, "[role=treeitem][aria-selected=true]");
      const first = await selected.getAttribute("id");
      await page.keyboard.press("e");
      await idle(page);
      assert.notEqual(await selected.getAttribute("id"), first);
      await assertVisible(page, "[role=treeitem][aria-selected=true]");

      await session.open(page, `/trace/${FAILED_TRACE_ID}`);
      await page.keyboard.press("ArrowDown");
      await idle(page);
      await assertVisible(page, "[role=treeitem][data-active=true]");
      assert.equal(await tree.getAttribute("aria-activedescendant"), "row-1");

      await page.getByRole("searchbox").fill("");
      await page.getByRole("searchbox").press("e");
      await idle(page);
      assert.equal(await selected.count(), 0);
      assert.equal(await page.getByRole("searchbox").inputValue(), "e");
    });
  });

  test("the critical path alone leaves its spans and their ancestors", async () => {
    await session.journey(WIDE, async (page) => {
      await session.open(page, `/trace/${FAILED_TRACE_ID}`);
      await page.getByRole("checkbox", { name: "Critical path only" }).check();
      await idle(page);
      const onPath = await page
        .getByRole("treeitem")
        .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset["onPath"]));
      assert.ok(onPath.length > 5);
      assert.ok(onPath.every((value) => value === "true"));
    });
  });

  test("dragging across the axis zooms, and the zoom can be undone", async () => {
    await session.journey(WIDE, async (page) => {
      await session.open(page, `/trace/${FAILED_TRACE_ID}`);
      const axis = page.locator(".time-axis");
      await axis.scrollIntoViewIfNeeded();
      const before = await textOf(axis);
      const box = await axis.boundingBox();
      assert.ok(box !== null);
      await page.mouse.move(box.x + 5, box.y + 12);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 10, box.y + 12, { steps: 4 });
      await page.mouse.up();
      await idle(page);
      assert.match(await textOf(axis), /\d ms/);
      await page.getByRole("button", { name: "Reset zoom" }).click();
      await idle(page);
      assert.equal(await textOf(axis), before);
    });
  });

  test("the chosen theme holds after a reload", async () => {
    await session.journey(WIDE, async (page) => {
      await session.open(page, "/");
      const paper = (): Promise<string> =>
        page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const light = await paper();
      await page.getByRole("button", { name: "Switch to dark theme" }).click();
      await idle(page);
      const dark = await paper();
      assert.notEqual(dark, light);
      await page.reload();
      await idle(page);
      assert.equal(await paper(), dark);
    });
  });

  test("a trace that is not stored says so and leads back", async () => {
    const walk = async (page: Page): Promise<void> => {
      await session.open(page, "/trace/deadbeef");
      assert.match(await textOf(page.getByRole("alert")), /This trace is not here/);
      await page.getByRole("link", { name: "Recent traces", exact: true }).click();
      await idle(page);
      assert.equal(await page.locator(".trace-row").count(), 2);
    };
    await session.journey(WIDE, walk, /status of 404/);
  });
});
