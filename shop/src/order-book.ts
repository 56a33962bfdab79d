import { drawsOf } from "./draws.ts";
import { products } from "./products.ts";

/** The body of POST /api/orders. */
export interface OrderRequest {
  readonly user_id: string;
  readonly payment_method: string;
  readonly items: readonly { readonly name: string; readonly price: number }[];
}

/** The three orders of the demonstration. */
export const demoOrders: readonly OrderRequest[] = [
  {
    user_id: "user_12345",
    payment_method: "credit_card",
    items: [{ name: "Gaming Laptop", price: 1299.99 }],
  },
  {
    user_id: "user_67890",
    payment_method: "paypal",
    items: [
      { name: "Wireless Mouse", price: 49.99 },
      { name: "Mechanical Keyboard", price: 129.99 },
    ],
  },
  {
    user_id: "user_11111",
    payment_method: "debit_card",
    items: [{ name: "4K Monitor", price: 599.99 }],
  },
];

const paymentMethods = ["credit_card", "paypal", "debit_card"] as const;

/** Order `index` of a seed: one to three products, drawn like everything else. */
export function drawnOrder(seed: number, index: number): OrderRequest {
  const draw = drawsOf({ seed, index, scenario: "orders" });
  const count = 1 + Math.floor(draw("items-count") * 3);
  const first = Math.floor(draw("first-product") * products.length);
  const items = Array.from({ length: count }, (_, k) => products[(first + k) % products.length])
    .filter((product) => product !== undefined)
    .map(({ name, price }) => ({ name, price }));
  return {
    user_id: `user_${10_000 + Math.floor(draw("user") * 90_000)}`,
    payment_method: paymentMethods[Math.floor(draw("payment-method") * 3)] ?? "credit_card",
    items,
  };
}
