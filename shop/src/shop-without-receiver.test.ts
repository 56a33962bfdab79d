import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { drawnOrder } from "./order-book.ts";
import { placeOrder } from "./place-order.ts";
import { startShop } from "./shop.ts";

test("with Culprit down the shop works, and says so once", async () => {
  const lines: string[] = [];
  const shop = await startShop({
    otlpEndpoint: "http://127.0.0.1:1",
    env: {
      SHOP_TIME_SCALE: "0.02",
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_EXPORTER_OTLP_TIMEOUT: "200",
    },
    onLine: (line) => lines.push(line),
  });
  try {
    for (let k = 0; k < 3; k++) {
      // Order 0 of seed 642 is a success.
      const key = { seed: 642, index: 0, scenario: "everyday" };
      const { outcome } = await placeOrder(shop.frontendUrl, drawnOrder(642, 0), key);
      assert.equal(outcome, "completed");
      await sleep(100);
    }
  } finally {
    await shop.stop();
  }
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.match(lines[0] ?? "", /do not get through/);
});
