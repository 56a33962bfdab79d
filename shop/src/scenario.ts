import type { Draw } from "./draws.ts";
import type { Fate } from "./fate.ts";
import type { OrderRequest } from "./order-book.ts";
import type { ServiceName, ShopSetup } from "./shop-setup.ts";
import type { Truth } from "./truth.ts";

/** An order that was placed, and what decided its fate. */
export interface PlacedFate {
  readonly index: number;
  readonly order: OrderRequest;
  readonly fate: Fate;
  readonly traceId: string;
}

/** A fault to be found: how the processes start, what it does to an order, and the truth about it. */
export interface Scenario {
  readonly name: string;
  /** For people, one line. */
  readonly about: string;
  readonly setup?: ShopSetup;
  /** More would make orders meet each other's fault. */
  readonly maxOrdersPerSecond?: number;
  readonly fateOf: (draw: Draw) => Fate;
  /** Undefined for an order that the fault spares. */
  readonly truthOf: (placed: PlacedFate) => Truth | undefined;
  /** The service that the fault makes slow or breaks, where it does: whom a comparison with healthy traffic must name. */
  readonly culprit?: ServiceName;
  /** Begins the fault by starting this service anew, after healthy orders have gone through it. */
  readonly restart?: {
    readonly service: ServiceName;
    readonly env: Readonly<Record<string, string>>;
  };
  /** Orders before which `restart` happens anew, and which go through the shop alone. Absent: once, before all. */
  readonly restartsBefore?: (index: number) => boolean;
}
