import { randomBytes } from "node:crypto";
import { addressOf, callService } from "../call-service.ts";
import type { DrawKey } from "../draws.ts";
import { type Order, type PlacedOrder, parseOrder, totalOf } from "../order.ts";
import { fateOf } from "../scenarios.ts";
import { runService, tracerOf } from "../service.ts";
import { work } from "../work.ts";

const name = "frontend-service";
const tracer = tracerOf(name);

function processOrder(body: unknown, key: DrawKey | undefined): Promise<object> {
  return tracer.withSpan("process_order", async (span) => {
    const order = await validateOrder(body);
    const placed: PlacedOrder = {
      ...order,
      orderId: `ORD-${randomBytes(4).toString("hex").toUpperCase()}`,
      totalAmount: totalOf(order.items),
    };
    span.setAttributes({
      "app.user_id": placed.userId,
      "app.items_count": placed.items.length,
      "app.payment_method": placed.paymentMethod,
      "app.order_id": placed.orderId,
      "app.total_amount": placed.totalAmount,
    });
    const paid = await callPayment(placed, key);
    await completeOrder(placed);
    return {
      orderId: placed.orderId,
      status: "completed",
      totalAmount: placed.totalAmount,
      transactionId: paid.transactionId,
    };
  });
}

function validateOrder(body: unknown): Promise<Order> {
  return tracer.withSpan("validate_order", { "app.validation_type": "order" }, async (span) => {
    span.setAttribute("app.validation_result", "failed");
    await work(100);
    const order = parseOrder(body);
    span.setAttribute("app.validation_result", "passed");
    return order;
  });
}

function callPayment(
  order: PlacedOrder,
  key: DrawKey | undefined,
): Promise<Record<string, unknown>> {
  return tracer.withSpan(
    "call_payment_service",
    {
      "app.downstream_service": "payment-service",
      "app.payment_method": order.paymentMethod,
    },
    async (span) => {
      span.setAttribute("app.payment_result", "failed");
      const { patienceMs, instance } = fateOf(key);
      const url = `${addressOf("PAYMENT_URL", instance)}/process`;
      const paid = await callService("payment-service", url, order, key, { limitMs: patienceMs });
      span.setAttribute("app.payment_result", "success");
      return paid;
    },
  );
}

function completeOrder(order: PlacedOrder): Promise<void> {
  return tracer.withSpan("complete_order", { "app.order_id": order.orderId }, async (span) => {
    await work(50);
    span.setAttribute("app.completion_result", "success");
  });
}

await runService({ name, path: "/api/orders", handle: processOrder });
