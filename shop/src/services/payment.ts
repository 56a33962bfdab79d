import { randomBytes } from "node:crypto";
import { callService, requiredEnv } from "../call-service.ts";
import { type DrawKey, drawHeader, formatDrawKey } from "../draws.ts";
import type { PlacedOrder } from "../order.ts";
import { runService, tracerOf } from "../service.ts";
import { ShopFailure } from "../shop-failure.ts";
import { work } from "../work.ts";

const name = "payment-service";
const gateway = "stripe";
const tracer = tracerOf(name);
const gatewayUrl = `${requiredEnv("GATEWAY_URL")}/v1/charges`;
const inventoryUrl = `${requiredEnv("INVENTORY_URL")}/update`;

function processPayment(body: unknown, key: DrawKey | undefined): Promise<object> {
  const order = body as PlacedOrder;
  const transactionId = `TXN-${randomBytes(6).toString("hex").toUpperCase()}`;
  return tracer.withSpan(
    "process_payment",
    {
      "app.user_id": order.userId,
      "app.payment_method": order.paymentMethod,
      "app.amount": order.totalAmount,
      "app.transaction_id": transactionId,
      "app.order_id": order.orderId,
    },
    async () => {
      await tracer.withSpan("validate_payment_info", () => work(50));
      await charge(order, transactionId, key);
      await updateInventory({ ...order, transactionId }, key);
      return { transactionId, status: "paid" };
    },
  );
}

function charge(
  order: PlacedOrder,
  transactionId: string,
  key: DrawKey | undefined,
): Promise<void> {
  return tracer.withSpan(
    "call_payment_gateway",
    {
      "app.gateway": gateway,
      "app.amount": order.totalAmount,
      "app.transaction_id": transactionId,
    },
    async () => {
      const { status } = await askGateway(order, transactionId, key);
      if (status === "succeeded") return;
      throw new ShopFailure("payment_declined", `${gateway} declined the payment`, name);
    },
  );
}

async function askGateway(
  order: PlacedOrder,
  transactionId: string,
  key: DrawKey | undefined,
): Promise<{ status: string }> {
  const response = await fetch(gatewayUrl, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key === undefined ? {} : { [drawHeader]: formatDrawKey(key) }),
    },
    body: JSON.stringify({ amount: order.totalAmount, reference: transactionId }),
  }).catch((cause: unknown) => {
    throw new ShopFailure("service_unavailable", `${gateway} cannot be reached`, name, { cause });
  });
  return (await response.json()) as { status: string };
}

function updateInventory(order: PlacedOrder, key: DrawKey | undefined): Promise<void> {
  return tracer.withSpan(
    "update_inventory",
    { "app.downstream_service": "inventory-service" },
    async (span) => {
      span.setAttribute("app.inventory_result", "failed");
      await callService("inventory-service", inventoryUrl, order, key);
      span.setAttribute("app.inventory_result", "success");
    },
  );
}

await runService({ name, path: "/process", handle: processPayment });
