// A browser at a served UI, and how journeys go through it: waiting on <html data-idle>, never on the clock.

import assert from "node:assert/strict";
import type { Browser, Locator, Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { type ServedUi, serveUi } from "./served-ui.ts";

export interface Look {
  readonly width: number;
  readonly colorScheme: "light" | "dark";
}

export const WIDE: Look = { width: 1440, colorScheme: "light" };
export const NARROW: Look = { width: 390, colorScheme: "light" };
export const LOOKS: readonly Look[] = [
  WIDE,
  { width: 1440, colorScheme: "dark" },
  NARROW,
  { width: 390, colorScheme: "dark" },
];

export class UiSession {
  readonly #ui: ServedUi;
  readonly #browser: Browser;

  private constructor(ui: ServedUi, browser: Browser) {
    this.#ui = ui;
    this.#browser = browser;
  }

  /** @param bodies of OTLP/JSON, stored before it returns */
  static async start(...bodies: readonly string[]): Promise<UiSession> {
    const ui = await serveUi();
    for (const body of bodies) await ui.post(body);
    return new UiSession(ui, await launchChromium());
  }

  /** Returns when so many traces have a bottleneck in their stored verdict. */
  judged(traceCount: number): Promise<void> {
    return this.#ui.judged(traceCount);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#ui.close();
  }

  /**
   * Runs a journey in a fresh profile; fails on console messages, requests to elsewhere and sideways scrolling.
   * `expected` console messages are no faults.
   */
  async journey(
    look: Look,
    walk: (page: Page) => Promise<void>,
    expected: RegExp = /(?!)/,
  ): Promise<void> {
    const context = await this.#browser.newContext({
      viewport: { width: look.width, height: 850 },
      colorScheme: look.colorScheme,
    });
    const faults: string[] = [];
    const page = await context.newPage();
    page.on("console", (message) => {
      if (!expected.test(message.text())) faults.push(message.text());
    });
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("request", (request) => {
      const isOurs =
        request.url().startsWith(`${this.#ui.url}/`) || request.url().startsWith("data:");
      if (!isOurs) faults.push(`request to ${request.url()}`);
    });
    try {
      await walk(page);
    } finally {
      await context.close();
    }
    assert.deepEqual(faults, []);
  }

  async open(page: Page, path: string): Promise<void> {
    await page.goto(`${this.#ui.url}${path}`);
    await idle(page);
  }
}

export async function idle(page: Page): Promise<void> {
  await page.waitForFunction(() => document.documentElement.dataset["idle"] === "true");
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.ok(overflow <= 0, `${page.url()} scrolls sideways by ${overflow} px`);
}

/** As a reader sees it: with line breaks and without what is hidden. */
export function textOf(locator: Locator): Promise<string> {
  return locator.innerText();
}

/** In view, and not under the sticky head or the details. */
export async function assertVisible(page: Page, selector: string): Promise<void> {
  const onTop = await page.locator(selector).evaluate((element) => {
    const box = element.getBoundingClientRect();
    const hit = document.elementFromPoint(box.left + box.width / 3, box.top + box.height / 2);
    return hit !== null && element.contains(hit);
  });
  assert.ok(onTop, `${selector} is covered or out of view`);
}
