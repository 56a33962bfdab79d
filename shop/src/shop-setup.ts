export type ServiceName =
  | "order-service"
  | "inventory-service"
  | "payment-service"
  | "frontend-service";

export type PartName = "postgres" | "stripe" | "mail" | "lossy-collector" | ServiceName;

type Env = Readonly<Record<string, string>>;

/** How the processes of a shop differ from the usual ones. */
export interface ShopSetup {
  readonly env?: Readonly<Partial<Record<PartName, Env>>>;
  /** A second instance of a service; an order's fate says which one takes it. */
  readonly second?: { readonly service: ServiceName; readonly env: Env };
  /** Its spans go through a collector that loses some. */
  readonly lossy?: ServiceName;
  /** Its clock is ahead by so much, or behind where negative. */
  readonly clock?: { readonly service: ServiceName; readonly aheadMs: number };
}
