import { createTransport } from "nodemailer";
import type pg from "pg";
import { requiredEnv } from "../call-service.ts";
import { connectionTimeoutMs, inTransaction, openPool, poolName } from "../database.ts";
import type { DrawKey } from "../draws.ts";
import { fateOf, saveLimitMs } from "../fate.ts";
import type { PlacedOrder } from "../order.ts";
import { runService, tracerOf } from "../service.ts";
import { ShopFailure } from "../shop-failure.ts";
import { timeScale, work } from "../work.ts";

const name = "order-service";
const tracer = tracerOf(name);
const limitMs = Math.round(saveLimitMs * timeScale);
const pool = openPool(limitMs);
const mail = createTransport({
  host: "127.0.0.1",
  port: Number(requiredEnv("SMTP_PORT")),
  secure: false,
  ignoreTLS: true,
});

function finalizeOrder(body: unknown, key: DrawKey | undefined): Promise<object> {
  const order = body as PlacedOrder;
  return tracer
    .withSpan(
      "finalize_order",
      { "app.order_id": order.orderId, "app.items_count": order.items.length },
      async () => {
        const client = await connect();
        try {
          await saveOrder(client, order, fateOf(key).saveMs * timeScale);
        } finally {
          client.release();
        }
        // The order stands from here on. A mail that cannot be sent is an error of its span, not of the order.
        const confirmed = await tracer
          .withSpan("send_confirmation_email", () => sendConfirmation(order))
          .then(
            () => true,
            () => false,
          );
        return { status: "finalized", confirmed };
      },
    )
    .catch(explain);
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

async function sendConfirmation(order: PlacedOrder): Promise<void> {
  await mail.sendMail({
    from: "orders@shop.example",
    to: `${order.userId}@customers.example`,
    subject: `Your order ${order.orderId}`,
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
  close: async () => {
    mail.close();
    await pool.end();
  },
});
