export type FailureCode =
  | "invalid_order"
  | "payment_declined"
  | "insufficient_stock"
  | "database_timeout"
  | "database_error"
  | "service_timeout"
  | "service_unavailable";

/** 504 for what took too long: the order may be tried again as it is; 402 and 409 are for the customer to solve. */
const statusOf: Readonly<Record<FailureCode, number>> = {
  invalid_order: 400,
  payment_declined: 402,
  insufficient_stock: 409,
  database_timeout: 504,
  database_error: 500,
  service_timeout: 504,
  service_unavailable: 503,
};

export interface FailureDocument {
  readonly error: {
    readonly code: FailureCode;
    readonly message: string;
    /** The service where it happened, which is rarely the one that answers. */
    readonly service: string;
  };
}

/** Why an order is not fulfilled. Travels back through the services unchanged. */
export class ShopFailure extends Error {
  readonly code: FailureCode;
  readonly service: string;
  /** Read by Fastify. */
  readonly statusCode: number;

  constructor(code: FailureCode, message: string, service: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ShopFailure";
    this.code = code;
    this.service = service;
    this.statusCode = statusOf[code];
  }

  toDocument(): FailureDocument {
    return { error: { code: this.code, message: this.message, service: this.service } };
  }

  static fromDocument(document: unknown): ShopFailure | undefined {
    if (typeof document !== "object" || document === null || !("error" in document)) {
      return undefined;
    }
    const { code, message, service } = document.error as Partial<FailureDocument["error"]>;
    if (code === undefined || !(code in statusOf)) return undefined;
    return new ShopFailure(code, String(message), String(service));
  }
}
