import assert from "node:assert/strict";
import { test } from "node:test";
import { startOtlpJsonReceiver } from "@culprit/tracing/test/otlp-json-receiver";
import pg from "pg";
import { type Child, startChild } from "../child.ts";
import type { PlacedOrder } from "../order.ts";
import { createDatabase, resetTables } from "../schema.ts";

const order: PlacedOrder = {
  orderId: "ORD-00000001",
  transactionId: "TXN-000000000001",
  userId: "user_1",
  paymentMethod: "paypal",
  items: [{ name: "Webcam", price: 79.5, quantity: 1 }],
  totalAmount: 79.5,
};

test("an order that is saved is finalized though its mail cannot be sent", async () => {
  const receiver = await startOtlpJsonReceiver();
  const children: Child[] = [];
  const start = async (
    name: string,
    file: string,
    env: Record<string, string> = {},
  ): Promise<Child> => {
    const traced = name.endsWith("-service");
    const child = await startChild({ name, file, env, traced, onLine: () => {} });
    children.push(child);
    return child;
  };
  try {
    const { ready } = await start("postgres", "postgres/main.ts");
    const databaseUrl = await createDatabase(ready.port, ready.password ?? "");
    await resetTables(databaseUrl);
    const service = await start("order-service", "services/order.ts", {
      DATABASE_URL: databaseUrl,
      // Nobody takes mail there.
      SMTP_PORT: "1",
      SHOP_TIME_SCALE: "0.02",
      OTEL_SERVICE_NAME: "order-service",
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "50",
    });
    const response = await fetch(`http://localhost:${service.ready.port}/finalize`, {
      method: "POST",
      // Order 0 of seed 642 is saved in time.
      headers: { "content-type": "application/json", "x-shop-draw": "642/0/everyday" },
      body: JSON.stringify(order),
    });
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { status: "finalized", confirmed: false });

    const database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
    const { rows } = await database.query("SELECT order_id FROM orders");
    await database.end();
    assert.deepEqual(rows, [{ order_id: order.orderId }]);

    await receiver.waitFor("the request", () =>
      receiver.spans.some((span) => span.kind === "SERVER"),
    );
    const spanOf = (name: string) => receiver.spans.find((span) => span.name === name);
    const mail = spanOf("send_confirmation_email");
    assert.equal(mail?.status, "ERROR");
    assert.ok(mail.eventNames.includes("exception"));
    assert.equal(mail.attributes["error.type"], "ESOCKET");
    assert.equal(spanOf("finalize_order")?.status, "UNSET");
  } finally {
    for (const child of children.toReversed()) await child.stop();
    await Promise.all(children.map((child) => child.gone));
    await receiver.close();
  }
});
