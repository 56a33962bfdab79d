import { type DrawKey, drawHeader, formatDrawKey } from "./draws.ts";
import { ShopFailure } from "./shop-failure.ts";
import { timeScale } from "./work.ts";

export interface CallOptions {
  /** Refused calls (503) are made so often in all, without a pause; once when absent. */
  readonly attempts?: number;
  /** How long to wait for the answer; for as long as it takes when absent. */
  readonly limitMs?: number | undefined;
}

/** Calls the next service; its failure, or its absence, becomes ours with the cause kept. */
export async function callService(
  service: string,
  url: string,
  body: object,
  key: DrawKey | undefined,
  { attempts = 1, limitMs }: CallOptions = {},
): Promise<Record<string, unknown>> {
  for (let attempt = 1; ; attempt++) {
    try {
      const limit =
        limitMs === undefined ? {} : { signal: AbortSignal.timeout(limitMs * timeScale) };
      return await ask(service, url, key, { method: "POST", body: JSON.stringify(body), ...limit });
    } catch (error) {
      const refused = error instanceof ShopFailure && error.code === "service_unavailable";
      if (!refused || attempt >= attempts) throw error;
    }
  }
}

/** Reads from another service. */
export async function readService(
  service: string,
  url: string,
  key: DrawKey | undefined,
): Promise<Record<string, unknown>> {
  return ask(service, url, key, { method: "GET" });
}

async function ask(
  service: string,
  url: string,
  key: DrawKey | undefined,
  init: RequestInit,
): Promise<Record<string, unknown>> {
  const headers: Record<string, string> = {
    ...(init.body === undefined ? {} : { "content-type": "application/json" }),
    ...(key === undefined ? {} : { [drawHeader]: formatDrawKey(key) }),
  };
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(url, { ...init, headers });
    answer = await response.json();
  } catch (cause) {
    if (cause instanceof Error && cause.name === "TimeoutError") {
      throw new ShopFailure("service_timeout", `${service} did not answer in time`, service, {
        cause,
      });
    }
    throw new ShopFailure("service_unavailable", `${service} cannot be reached`, service, {
      cause,
    });
  }
  if (response.ok) return answer as Record<string, unknown>;
  throw (
    ShopFailure.fromDocument(answer) ??
    new ShopFailure("service_unavailable", `${service} answered ${response.status}`, service)
  );
}

/** An address that the starter hands over in the environment. */
export function requiredEnv(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set`);
  return value;
}

/** The address of a service that may have two instances, as the starter lists them; of the one of that number. */
export function addressOf(name: string, instance: number): string {
  const addresses = requiredEnv(name).split(" ");
  return addresses[instance % addresses.length] as string;
}
