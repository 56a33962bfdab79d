import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { noChromium } from "./chromium.ts";
import { LOOKS, textOf, UiSession } from "./ui-session.ts";

describe("the web UI over an empty store", { skip: noChromium }, () => {
  let session: UiSession;
  before(async () => {
    session = await UiSession.start();
  });
  after(() => session?.close());

  test("the list says how to send spans", async () => {
    for (const look of LOOKS) {
      await session.journey(look, async (page) => {
        await session.open(page, "/");
        assert.match(await textOf(page.locator("main")), /No spans yet[\s\S]*:4318/);
      });
    }
  });
});
