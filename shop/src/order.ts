import { ShopFailure } from "./shop-failure.ts";

export interface OrderItem {
  readonly name: string;
  readonly price: number;
  readonly quantity: number;
}

export interface Order {
  readonly userId: string;
  readonly paymentMethod: string;
  readonly items: readonly OrderItem[];
}

/** What the services hand on once the frontend has accepted an order. */
export interface PlacedOrder extends Order {
  readonly orderId: string;
  readonly totalAmount: number;
  readonly transactionId?: string;
}

/** Reads the body of POST /api/orders: `{user_id, payment_method, items: [{name, price, quantity?}]}`. */
export function parseOrder(body: unknown): Order {
  if (!isRecord(body)) throw invalid("the order must be a JSON object");
  const { user_id: userId, payment_method: paymentMethod, items } = body;
  if (!isText(userId)) throw invalid("user_id is missing");
  if (!isText(paymentMethod)) throw invalid("payment_method is missing");
  if (!Array.isArray(items) || items.length === 0) throw invalid("the order has no items");
  return { userId, paymentMethod, items: items.map(parseItem) };
}

function parseItem(item: unknown, position: number): OrderItem {
  const where = `items[${position}]`;
  if (!isRecord(item) || !isText(item.name)) throw invalid(`${where} has no name`);
  const { name, price, quantity = 1 } = item;
  if (typeof price !== "number" || !(price > 0)) {
    throw invalid(`${where} (${name}): the price must be greater than 0`);
  }
  if (typeof quantity !== "number" || !Number.isInteger(quantity) || quantity < 1) {
    throw invalid(`${where} (${name}): the quantity must be a whole number from 1`);
  }
  return { name, price, quantity };
}

/** In cents first: the sum of prices such as 49.99 is not exact in binary. */
export function totalOf(items: readonly OrderItem[]): number {
  const cents = items.reduce((sum, item) => sum + Math.round(item.price * 100) * item.quantity, 0);
  return cents / 100;
}

function invalid(message: string): ShopFailure {
  return new ShopFailure("invalid_order", message, "frontend-service");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}
