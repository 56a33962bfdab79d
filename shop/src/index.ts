export { type DrawKey, drawHeader, maxSeed, parseDrawKey, parseSeed } from "./draws.ts";
export {
  defaultScenario,
  expectedOutcome,
  type Fate,
  fateOf,
  type Outcome,
  scenarios,
} from "./fate.ts";
export {
  emptyLoadState,
  type LoadOptions,
  type LoadState,
  runOpenLoop,
} from "./open-loop.ts";
export { demoOrders, drawnOrder, type OrderRequest } from "./order-book.ts";
export { type OrderResult, placeOrder } from "./place-order.ts";
export { whyUnsupported } from "./postgres/binaries.ts";
export { resetTables } from "./schema.ts";
export { type PartName, type Shop, type ShopOptions, startShop } from "./shop.ts";
