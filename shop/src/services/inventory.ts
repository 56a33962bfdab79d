import { addressOf, callService } from "../call-service.ts";
import { fillPool, inTransaction, openPool } from "../database.ts";
import type { DrawKey } from "../draws.ts";
import type { Fate } from "../fate.ts";
import type { OrderItem, PlacedOrder } from "../order.ts";
import { fateOf } from "../scenarios.ts";
import { runService, tracerOf } from "../service.ts";
import { shelves } from "../shelves.ts";
import { ShopFailure } from "../shop-failure.ts";
import { timeScale, work } from "../work.ts";

const name = "inventory-service";
const tracer = tracerOf(name);
const pool = openPool();
/** What a slow version of this service takes longer. */
const dragMs = Number(process.env.SHOP_DRAG_MS ?? 0);
const shelfReadMs = 80;
const shelfQueryMs = 25;
const deliveryReadMs = 200;
const slowQueryMs = 900;

function updateInventory(body: unknown, key: DrawKey | undefined): Promise<object> {
  const order = body as PlacedOrder;
  return tracer.withSpan(
    "update_inventory",
    { "app.order_id": order.orderId, "app.items_count": order.items.length },
    async () => {
      await checkInventory(order.items, fateOf(key));
      await work(dragMs);
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

function checkInventory(items: readonly OrderItem[], fate: Fate): Promise<void> {
  const names = items.map((item) => item.name);
  const attributes = { "app.items_count": items.length, "app.products": names };
  return tracer.withSpan("check_inventory", attributes, async (span) => {
    await work(100);
    const rows =
      fate.stockQueries === "one" ? await readStock(names, fate.slowProduct) : await readShelves();
    const stock = new Map(rows.map((row) => [row.product, row.stock]));
    const missing = fate.stockInsufficient
      ? items[0]
      : items.find((item) => (stock.get(item.name) ?? 0) < item.quantity);
    span.setAttribute("app.availability_check", missing === undefined ? "passed" : "failed");
    if (missing !== undefined) throw insufficient(missing.name);
  });
}

interface Stock {
  readonly product: string;
  readonly stock: number;
}

async function readStock(
  names: readonly string[],
  slowProduct: string | undefined,
): Promise<readonly Stock[]> {
  const found =
    slowProduct === undefined
      ? await pool.query<Stock>("SELECT product, stock FROM inventory WHERE product = ANY($1)", [
          names,
        ])
      : await pool.query<Stock>(
          `SELECT product, stock, CASE WHEN product = $2 THEN pg_sleep($3) END
           FROM inventory WHERE product = ANY($1)`,
          [names, slowProduct, (slowQueryMs / 1000) * timeScale],
        );
  return found.rows;
}

/** Products stand on several shelves, all of them in reach of the first. */
async function readShelves(): Promise<readonly Stock[]> {
  const client = await pool.connect();
  const found: Stock[] = [];
  try {
    for (const shelf of shelves) {
      const { rows } = await client.query<Stock>(
        `SELECT product, stock, pg_sleep($2)
         FROM shelves JOIN inventory USING (product) WHERE shelf = $1`,
        [shelf, (shelfQueryMs / 1000) * timeScale],
      );
      found.push(...rows);
    }
  } finally {
    client.release();
  }
  return found;
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
      const { attempts, instance } = fateOf(key);
      const url = `${addressOf("ORDER_URL", instance)}/finalize`;
      await callService("order-service", url, order, key, { attempts });
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
  open: () => fillPool(pool),
  reads: {
    "/shelves": async (id) => {
      await work(shelfReadMs);
      return { shelf: id };
    },
    "/deliveries": async (id) => {
      await work(deliveryReadMs);
      return { delivery: id };
    },
  },
  close: () => pool.end(),
});
