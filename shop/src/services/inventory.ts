import { callService, requiredEnv } from "../call-service.ts";
import { inTransaction, openPool } from "../database.ts";
import type { DrawKey } from "../draws.ts";
import { fateOf } from "../fate.ts";
import type { OrderItem, PlacedOrder } from "../order.ts";
import { runService, tracerOf } from "../service.ts";
import { ShopFailure } from "../shop-failure.ts";
import { work } from "../work.ts";

const name = "inventory-service";
const tracer = tracerOf(name);
const orderUrl = `${requiredEnv("ORDER_URL")}/finalize`;
const pool = openPool();

function updateInventory(body: unknown, key: DrawKey | undefined): Promise<object> {
  const order = body as PlacedOrder;
  return tracer.withSpan(
    "update_inventory",
    { "app.order_id": order.orderId, "app.items_count": order.items.length },
    async () => {
      await checkInventory(order.items, fateOf(key).stockInsufficient);
      await tracer.withSpan("deduct_inventory", async () => {
        await work(50);
        await moveStock(order.items, -1);
      });
      try {
        await notifyOrderService(order, key);
      } catch (error) {
        await tracer.withSpan("restore_inventory", () => moveStock(order.items, 1));
        throw error;
      }
      return { status: "updated" };
    },
  );
}

function checkInventory(items: readonly OrderItem[], drawnInsufficient: boolean): Promise<void> {
  return tracer.withSpan("check_inventory", { "app.items_count": items.length }, async (span) => {
    await work(100);
    const { rows } = await pool.query<{ product: string; stock: number }>(
      "SELECT product, stock FROM inventory WHERE product = ANY($1)",
      [items.map((item) => item.name)],
    );
    const stock = new Map(rows.map((row) => [row.product, row.stock]));
    const missing = drawnInsufficient
      ? items[0]
      : items.find((item) => (stock.get(item.name) ?? 0) < item.quantity);
    span.setAttribute("app.availability_check", missing === undefined ? "passed" : "failed");
    if (missing !== undefined) throw insufficient(missing.name);
  });
}

/** All products of the order or none; in one fixed sequence, so that two orders never wait for each other. */
async function moveStock(items: readonly OrderItem[], direction: 1 | -1): Promise<void> {
  const sorted = items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const client = await pool.connect();
  try {
    await inTransaction(client, async () => {
      for (const { name: product, quantity } of sorted) {
        const { rowCount } = await client.query(
          "UPDATE inventory SET stock = stock + $2 WHERE product = $1 AND stock + $2 >= 0",
          [product, direction * quantity],
        );
        if (rowCount !== 1) throw insufficient(product);
      }
    });
  } finally {
    client.release();
  }
}

function notifyOrderService(order: PlacedOrder, key: DrawKey | undefined): Promise<void> {
  return tracer.withSpan(
    "notify_order_service",
    { "app.downstream_service": "order-service" },
    async (span) => {
      span.setAttribute("app.notification_result", "failed");
      await callService("order-service", orderUrl, order, key);
      span.setAttribute("app.notification_result", "success");
    },
  );
}

function insufficient(product: string): ShopFailure {
  return new ShopFailure("insufficient_stock", `not enough of "${product}" in stock`, name);
}

await runService({
  name,
  path: "/update",
  handle: updateInventory,
  close: () => pool.end(),
});
