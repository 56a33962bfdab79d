export { type DrawKey, drawHeader, maxSeed, parseDrawKey, parseSeed } from "./draws.ts";
export { expectedOutcome, type Fate, type Outcome } from "./fate.ts";
export { emptyLoadState, type LoadState } from "./open-loop.ts";
export { demoOrders, drawnOrder, type OrderRequest } from "./order-book.ts";
export { type OrderResult, placeOrder } from "./place-order.ts";
export { whyUnsupported } from "./postgres/binaries.ts";
export { beginScenario, runScenario, type ScenarioLoad } from "./run-scenario.ts";
export type { Scenario } from "./scenario.ts";
export {
  defaultScenario,
  fateOf,
  healthyScenario,
  scenarioOf,
  scenarios,
  truthLine,
} from "./scenarios.ts";
export { resetTables } from "./schema.ts";
export { type Shop, type ShopOptions, startShop } from "./shop.ts";
export type { PartName, ServiceName } from "./shop-setup.ts";
export { type FindingKind, findingKinds, type TruthLine } from "./truth.ts";
