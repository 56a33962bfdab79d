import { type Child, startChild } from "./child.ts";
import { createDatabase, resetTables } from "./schema.ts";

export interface ShopOptions {
  /** Where the spans go, as in `OTEL_EXPORTER_OTLP_ENDPOINT`; the environment's or the default when absent. */
  readonly otlpEndpoint?: string;
  /** Ports by name of the process; free ones for the rest. */
  readonly ports?: Readonly<Partial<Record<PartName, number>>>;
  readonly env?: Readonly<Record<string, string>>;
  /** What the processes say, each line once. */
  readonly onLine?: (line: string) => void;
  readonly onProgress?: (step: string) => void;
  /** Ends a start that is under way; it stops what it started and throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export type PartName =
  | "postgres"
  | "stripe"
  | "mail"
  | "order-service"
  | "inventory-service"
  | "payment-service"
  | "frontend-service";

export interface Shop {
  /** POST /api/orders goes here. */
  readonly frontendUrl: string;
  readonly databaseUrl: string;
  /** Resolves with the name of a process that ended without being asked. */
  readonly broken: Promise<PartName>;
  stop(): Promise<void>;
}

/** Starts the whole shop, from the database up to the frontend; a start that fails stops what was started. */
export async function startShop(options: ShopOptions = {}): Promise<Shop> {
  const started: Child[] = [];
  let stopping = false;
  let tellBroken: (part: PartName) => void = () => {};
  const broken = new Promise<PartName>((resolve) => {
    tellBroken = resolve;
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    // Callers first, so that nobody calls a service that is gone.
    for (const child of started.toReversed()) await child.stop();
    await Promise.all(started.map((child) => child.gone));
  };
  const onLine = eachLineOnce(options.onLine ?? (() => {}));
  const start = async (
    name: PartName,
    file: string,
    env: Record<string, string> = {},
  ): Promise<Child> => {
    const traced = name.endsWith("-service");
    const endpoint = options.otlpEndpoint;
    const child = await startChild({
      name,
      file,
      traced,
      onLine,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      env: {
        ...options.env,
        ...env,
        PORT: String(options.ports?.[name] ?? 0),
        ...(traced ? { OTEL_SERVICE_NAME: name } : {}),
        ...(endpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }),
      },
    });
    started.push(child);
    void child.gone.then(() => {
      if (!stopping) tellBroken(name);
    });
    return child;
  };
  try {
    options.onProgress?.("PostgreSQL");
    const { ready } = await start("postgres", "postgres/main.ts");
    const databaseUrl = await createDatabase(ready.port, ready.password ?? "");
    await resetTables(databaseUrl);
    options.onProgress?.("payment gateway and mail");
    const [gateway, mail] = await Promise.all([
      start("stripe", "services/gateway.ts"),
      start("mail", "services/mail-sink.ts"),
    ]);
    options.onProgress?.("order, inventory, payment and frontend service");
    const order = await start("order-service", "services/order.ts", {
      DATABASE_URL: databaseUrl,
      SMTP_PORT: String(mail.ready.port),
    });
    const inventory = await start("inventory-service", "services/inventory.ts", {
      DATABASE_URL: databaseUrl,
      ORDER_URL: urlOf(order),
    });
    const payment = await start("payment-service", "services/payment.ts", {
      GATEWAY_URL: urlOf(gateway),
      INVENTORY_URL: urlOf(inventory),
    });
    const frontend = await start("frontend-service", "services/frontend.ts", {
      PAYMENT_URL: urlOf(payment),
    });
    return { frontendUrl: urlOf(frontend), databaseUrl, broken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function urlOf(child: Child): string {
  return `http://localhost:${child.ready.port}`;
}

/** Four services that cannot reach Culprit say the same sentence; once is enough. */
function eachLineOnce(onLine: (line: string) => void): (line: string) => void {
  const said = new Set<string>();
  return (line) => {
    if (said.has(line)) return;
    if (said.size < 1000) said.add(line);
    onLine(line);
  };
}
