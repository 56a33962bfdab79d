import { randomBytes } from "node:crypto";
import { addressOf, callService, readService, requiredEnv } from "../call-service.ts";
import type { DrawKey } from "../draws.ts";
import type { PlacedOrder } from "../order.ts";
import { fateOf } from "../scenarios.ts";
import { runService, tracerOf } from "../service.ts";
import { shelves } from "../shelves.ts";
import { ShopFailure } from "../shop-failure.ts";
import { work } from "../work.ts";

const name = "payment-service";
const gateway = "stripe";
const tracer = tracerOf(name);
const gatewayUrl = requiredEnv("GATEWAY_URL");

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
      await assessRisk(key);
      await charge(order, transactionId, key);
      await updateInventory({ ...order, transactionId }, key);
      return { transactionId, status: "paid" };
    },
  );
}

/** What some shops want to know of an order before they take money for it. */
async function assessRisk(key: DrawKey | undefined): Promise<void> {
  const { riskReads, instance } = fateOf(key);
  if (riskReads === "none") return;
  const inventory = addressOf("INVENTORY_URL", instance);
  const readShelf = (shelf: number): Promise<unknown> =>
    readService("inventory-service", `${inventory}/shelves/${shelf}`, key);
  await tracer.withSpan("assess_risk", async () => {
    if (riskReads === "shelf-after-shelf") {
      for (const shelf of shelves) await readShelf(shelf);
    } else if (riskReads === "shelves-at-once") {
      await Promise.all(shelves.map(readShelf));
    } else {
      await readService("inventory-service", `${inventory}/deliveries/1`, key);
      await readService("order-service", `${addressOf("ORDER_URL", instance)}/customers/1`, key);
      await readService(gateway, `${gatewayUrl}/v1/accounts/1`, key);
    }
  });
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
  const charge = { amount: order.totalAmount, reference: transactionId };
  const { attempts } = fateOf(key);
  const answer = await callService(gateway, `${gatewayUrl}/v1/charges`, charge, key, { attempts });
  return { status: String(answer.status) };
}

function updateInventory(order: PlacedOrder, key: DrawKey | undefined): Promise<void> {
  return tracer.withSpan(
    "update_inventory",
    { "app.downstream_service": "inventory-service" },
    async (span) => {
      span.setAttribute("app.inventory_result", "failed");
      const { attempts, instance } = fateOf(key);
      const url = `${addressOf("INVENTORY_URL", instance)}/update`;
      await callService("inventory-service", url, order, key, { attempts });
      span.setAttribute("app.inventory_result", "success");
    },
  );
}

await runService({ name, path: "/process", handle: processPayment });
