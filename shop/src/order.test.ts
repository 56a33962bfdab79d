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
  [
    "an endless price",
    { ...valid, items: [{ ...item, price: Number.POSITIVE_INFINITY }] },
    /price is above/,
  ],
  ["a price beyond the column", { ...valid, items: [{ ...item, price: 1e15 }] }, /price is above/],
  ["a price of no cents", { ...valid, items: [{ ...item, price: 0.001 }] }, /below a cent/],
  ["too many of an item", { ...valid, items: [{ ...item, quantity: 2 ** 31 }] }, /quantity is abo/],
  ["too high a total", { ...valid, items: [{ ...item, quantity: 2e7 }] }, /total is above/],
  ["a zero in the user", { ...valid, user_id: "a\u0000" }, /user_id contains a control/],
  ["a line end in the method", { ...valid, payment_method: "a\nb" }, /payment_method contains/],
  ["half a character", { ...valid, user_id: "a\ud800" }, /user_id contains/],
  ["a zero in a name", { ...valid, items: [{ ...item, name: "\0x" }] }, /items\[0\] contains/],
  ["a long user", { ...valid, user_id: "u".repeat(201) }, /user_id is longer than 200/],
  ["a long name", { ...valid, items: [{ ...item, name: "x".repeat(201) }] }, /is longer than 200/],
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
