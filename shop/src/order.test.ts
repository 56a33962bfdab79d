import assert from "node:assert/strict";
import { test } from "node:test";
import { parseOrder, totalOf } from "./order.ts";

const item = { name: "4K Monitor", price: 599.99 };
const valid = { user_id: "user_1", payment_method: "paypal", items: [item] };

test("a valid order is read, the quantity is 1 unless it is given", () => {
  assert.deepEqual(parseOrder({ ...valid, items: [item, { ...item, quantity: 3 }] }), {
    userId: "user_1",
    paymentMethod: "paypal",
    items: [
      { ...item, quantity: 1 },
      { ...item, quantity: 3 },
    ],
  });
});

for (const [what, body, message] of [
  ["a list", [], /must be a JSON object/],
  ["no user", { ...valid, user_id: undefined }, /user_id is missing/],
  ["no payment method", { ...valid, payment_method: "" }, /payment_method is missing/],
  ["no items", { ...valid, items: [] }, /has no items/],
  ["items that are no list", { ...valid, items: "all" }, /has no items/],
  ["an item without name", { ...valid, items: [{ price: 1 }] }, /items\[0\] has no name/],
  ["a price of 0", { ...valid, items: [{ ...item, price: 0 }] }, /greater than 0/],
  ["a negative price", { ...valid, items: [item, { ...item, price: -1 }] }, /items\[1\].*greater/],
  ["a price in words", { ...valid, items: [{ ...item, price: "9" }] }, /greater than 0/],
  ["half an item", { ...valid, items: [{ ...item, quantity: 0.5 }] }, /whole number/],
] as const) {
  test(`an order with ${what} is refused with the reason`, () => {
    assert.throws(() => parseOrder(body), message);
  });
}

test("totals are exact to the cent", () => {
  const items = [
    { name: "a", price: 49.99, quantity: 1 },
    { name: "b", price: 129.99, quantity: 3 },
  ];
  assert.equal(totalOf(items), 439.96);
});
