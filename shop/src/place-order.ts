import { type DrawKey, drawHeader, formatDrawKey } from "./draws.ts";
import type { OrderRequest } from "./order-book.ts";
import { ShopFailure } from "./shop-failure.ts";

export interface OrderResult {
  readonly outcome: string;
  readonly orderId?: string;
  /** Of the trace that the frontend began; absent when it is not traced. */
  readonly traceId?: string;
  readonly message?: string;
  readonly durationMs: number;
}

/** Orders as any client on the internet would: this side is not traced. */
export async function placeOrder(
  frontendUrl: string,
  order: OrderRequest,
  key: DrawKey,
): Promise<OrderResult> {
  const startedMs = performance.now();
  const response = await fetch(`${frontendUrl}/api/orders`, {
    method: "POST",
    headers: { "content-type": "application/json", [drawHeader]: formatDrawKey(key) },
    body: JSON.stringify(order),
  });
  const answer = (await response.json()) as { orderId?: string };
  const traceId = response.headers.get("x-trace-id");
  const failure = response.ok ? undefined : ShopFailure.fromDocument(answer);
  return {
    outcome: response.ok ? "completed" : (failure?.code ?? `HTTP ${response.status}`),
    durationMs: performance.now() - startedMs,
    ...(answer.orderId === undefined ? {} : { orderId: answer.orderId }),
    ...(traceId === null ? {} : { traceId }),
    ...(failure === undefined ? {} : { message: failure.message }),
  };
}
