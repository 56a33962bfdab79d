import { AsyncLocalStorage } from "node:async_hooks";
import { createTransport } from "nodemailer";
import type pg from "pg";
import { requiredEnv } from "../call-service.ts";
import {
  connectionTimeoutMs,
  fillPool,
  inTransaction,
  openPool,
  poolName,
  poolSize,
} from "../database.ts";
import { type DrawKey, drawHeader, formatDrawKey } from "../draws.ts";
import { saveLimitMs } from "../fate.ts";
import type { PlacedOrder } from "../order.ts";
import { fateOf } from "../scenarios.ts";
import { runService, tracerOf } from "../service.ts";
import { ShopFailure } from "../shop-failure.ts";
import { timeScale, work } from "../work.ts";

const name = "order-service";
const tracer = tracerOf(name);
const limitMs = Math.round(saveLimitMs * timeScale);
const pool = openPool(limitMs);
/** What a slow instance of this service takes longer. */
const dragMs = Number(process.env.SHOP_DRAG_MS ?? 0);
const refusalMs = 20;
const customerReadMs = 200;
/** Runs a job of the process's own, which belongs to no order. */
const outsideOfOrders = AsyncLocalStorage.snapshot();
const mail = createTransport({
  host: "127.0.0.1",
  port: Number(requiredEnv("SMTP_PORT")),
  secure: false,
  ignoreTLS: true,
});

function finalizeOrder(body: unknown, key: DrawKey | undefined): Promise<object> {
  const order = body as PlacedOrder;
  const fate = fateOf(key);
  return tracer
    .withSpan(
      "finalize_order",
      { "app.order_id": order.orderId, "app.items_count": order.items.length },
      async () => {
        if (fate.finalizeRefused) await refuse();
        if (fate.poolHeldMs > 0) outsideOfOrders(holdConnections, fate.poolHeldMs);
        const client = await connect();
        try {
          await saveOrder(client, order, fate.saveMs * timeScale);
        } finally {
          client.release();
        }
        await work(dragMs);
        // The order stands from here on. A mail that cannot be sent is an error of its span, not of the order.
        const confirmed = await tracer
          .withSpan("send_confirmation_email", () => sendConfirmation(order, key))
          .then(
            () => true,
            () => false,
          );
        return { status: "finalized", confirmed };
      },
    )
    .catch(explain);
}

async function refuse(): Promise<never> {
  await work(refusalMs);
  throw new ShopFailure("service_unavailable", "too many orders at once", name);
}

/** A job that takes all connections and then does something else. */
function holdConnections(durationMs: number): void {
  for (let k = 0; k < poolSize; k++) {
    pool
      .connect()
      .then(async (client) => {
        await work(durationMs);
        client.release();
      })
      // No connection in time: the job is not done, and orders say what is wrong.
      .catch(() => {});
  }
}

function connect(): Promise<pg.PoolClient> {
  return tracer.withSpan(
    "database_connection",
    {
      "db.client.connection.pool.name": poolName,
      "app.connection_timeout_ms": connectionTimeoutMs,
    },
    async () => {
      await work(20);
      return pool.connect();
    },
  );
}

function saveOrder(client: pg.PoolClient, order: PlacedOrder, saveMs: number): Promise<void> {
  return tracer.withSpan(
    "save_order_to_db",
    {
      "db.collection.name": "orders",
      "db.operation.name": "INSERT",
      "app.timeout_threshold_ms": limitMs,
    },
    async (span) => {
      const startedMs = performance.now();
      try {
        await inTransaction(client, () => insertOrder(client, order, saveMs));
      } finally {
        span.setAttribute("app.query_duration_ms", Math.round(performance.now() - startedMs));
      }
    },
  );
}

async function insertOrder(
  client: pg.PoolClient,
  order: PlacedOrder,
  saveMs: number,
): Promise<void> {
  await client.query("SELECT pg_sleep($1)", [saveMs / 1000]);
  await client.query(
    `INSERT INTO orders (order_id, user_id, payment_method, transaction_id, total_amount)
     VALUES ($1, $2, $3, $4, $5)`,
    [order.orderId, order.userId, order.paymentMethod, order.transactionId, order.totalAmount],
  );
  await client.query(
    `INSERT INTO order_items (order_id, product, price, quantity)
     SELECT $1, * FROM unnest($2::text[], $3::numeric[], $4::int[])`,
    [
      order.orderId,
      order.items.map((item) => item.name),
      order.items.map((item) => item.price),
      order.items.map((item) => item.quantity),
    ],
  );
}

async function sendConfirmation(order: PlacedOrder, key: DrawKey | undefined): Promise<void> {
  await mail.sendMail({
    from: "orders@shop.example",
    to: `${order.userId}@customers.example`,
    subject: `Your order ${order.orderId}`,
    ...(key === undefined ? {} : { headers: { [drawHeader]: formatDrawKey(key) } }),
    text: `Thank you. ${order.items.map((item) => item.name).join(", ")}: ${order.totalAmount}`,
  });
}

/** What went wrong in PostgreSQL, in the shop's words; its own error stays as the cause. */
function explain(error: unknown): never {
  if (!(error instanceof Error) || !("code" in error) || error instanceof ShopFailure) throw error;
  if (error.code === "57014") {
    const message = `saving the order took longer than ${limitMs} ms and PostgreSQL cancelled it`;
    throw new ShopFailure("database_timeout", message, name, { cause: error });
  }
  const message = `the order could not be saved: ${error.message}`;
  throw new ShopFailure("database_error", message, name, { cause: error });
}

await runService({
  name,
  path: "/finalize",
  handle: finalizeOrder,
  open: () => fillPool(pool),
  reads: {
    "/customers": async (id) => {
      await work(customerReadMs);
      return { customer: id };
    },
  },
  close: async () => {
    mail.close();
    await pool.end();
  },
});
