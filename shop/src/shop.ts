import { createDatabase, resetTables } from "./schema.ts";
import { ShopParts, urlOf } from "./shop-parts.ts";
import type { PartName, ServiceName, ShopSetup } from "./shop-setup.ts";

export interface ShopOptions {
  /** Where the spans go, as in `OTEL_EXPORTER_OTLP_ENDPOINT`; the environment's or the default when absent. */
  readonly otlpEndpoint?: string;
  /** Ports by name of the process; free ones for the rest. */
  readonly ports?: Readonly<Partial<Record<PartName, number>>>;
  readonly env?: Readonly<Record<string, string>>;
  /** How a scenario starts its processes. */
  readonly setup?: ShopSetup;
  /** What the processes say, each line once. */
  readonly onLine?: (line: string) => void;
  readonly onProgress?: (step: string) => void;
  /** Ends a start that is under way; it stops what it started and throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface Shop {
  /** POST /api/orders goes here. */
  readonly frontendUrl: string;
  readonly databaseUrl: string;
  /** Resolves with the name of a process that ended without being asked. */
  readonly broken: Promise<PartName>;
  /** Ends a service after its last request and starts it anew at its address, with these differences. */
  restart(service: ServiceName, env: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the whole shop, from the database up to the frontend; a start that fails stops what was started. */
export async function startShop(options: ShopOptions = {}): Promise<Shop> {
  const parts = new ShopParts(options);
  try {
    return await startParts(parts, options);
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

async function startParts(parts: ShopParts, options: ShopOptions): Promise<Shop> {
  options.onProgress?.("PostgreSQL");
  const { ready } = await parts.start("postgres", "postgres/main.ts");
  const databaseUrl = await createDatabase(ready.port, ready.password ?? "");
  await resetTables(databaseUrl);
  options.onProgress?.("payment gateway and mail");
  const [gateway, mail] = await Promise.all([
    parts.start("stripe", "services/gateway.ts"),
    parts.start("mail", "services/mail-sink.ts"),
  ]);
  options.onProgress?.("order, inventory, payment and frontend service");
  const orderUrl = await parts.startService("order-service", "services/order.ts", {
    DATABASE_URL: databaseUrl,
    SMTP_PORT: String(mail.ready.port),
  });
  const inventoryUrl = await parts.startService("inventory-service", "services/inventory.ts", {
    DATABASE_URL: databaseUrl,
    ORDER_URL: orderUrl,
  });
  const paymentUrl = await parts.startService("payment-service", "services/payment.ts", {
    GATEWAY_URL: urlOf(gateway),
    INVENTORY_URL: inventoryUrl,
    ORDER_URL: orderUrl,
  });
  const frontendUrl = await parts.startService("frontend-service", "services/frontend.ts", {
    PAYMENT_URL: paymentUrl,
  });
  return {
    frontendUrl,
    databaseUrl,
    broken: parts.broken,
    restart: (service, env) => parts.restart(service, env),
    stop: () => parts.stop(),
  };
}
