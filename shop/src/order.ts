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

/** What `numeric(12, 2)` holds. */
const maxAmount = 9_999_999_999.99;
/** What `int` holds. */
const maxQuantity = 2 ** 31 - 1;
const maxTextLength = 200;

/** Reads the body of POST /api/orders: `{user_id, payment_method, items: [{name, price, quantity?}]}`. */
export function parseOrder(body: unknown): Order {
  if (!isRecord(body)) throw invalid("the order must be a JSON object");
  const { user_id: userId, payment_method: paymentMethod, items } = body;
  if (!isText(userId)) throw invalid("user_id is missing");
  refuseUnfit("user_id", userId);
  if (!isText(paymentMethod)) throw invalid("payment_method is missing");
  refuseUnfit("payment_method", paymentMethod);
  if (!Array.isArray(items) || items.length === 0) throw invalid("the order has no items");
  const order = { userId, paymentMethod, items: items.map(parseItem) };
  if (totalOf(order.items) > maxAmount) throw invalid(`the total is above ${maxAmount}`);
  return order;
}

function parseItem(item: unknown, position: number): OrderItem {
  const where = `items[${position}]`;
  if (!isRecord(item) || !isText(item.name)) throw invalid(`${where} has no name`);
  const { name, price, quantity = 1 } = item;
  refuseUnfit(`the name of ${where}`, name);
  if (typeof price !== "number" || !(price > 0)) {
    throw invalid(`${where} (${name}): the price must be greater than 0`);
  }
  if (Math.round(price * 100) < 1) throw invalid(`${where} (${name}): the price is below a cent`);
  if (price > maxAmount) throw invalid(`${where} (${name}): the price is above ${maxAmount}`);
  if (typeof quantity !== "number" || !Number.isInteger(quantity) || quantity < 1) {
    throw invalid(`${where} (${name}): the quantity must be a whole number from 1`);
  }
  if (quantity > maxQuantity) {
    throw invalid(`${where} (${name}): the quantity is above ${maxQuantity}`);
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

/** Control characters and halves of a character have no place in a name, and PostgreSQL refuses U+0000. */
function refuseUnfit(what: string, text: string): void {
  if (text.length > maxTextLength) {
    throw invalid(`${what} is longer than ${maxTextLength} characters`);
  }
  if (/[\p{Cc}\p{Cs}]/u.test(text)) throw invalid(`${what} contains a control character`);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}
