import { type DrawKey, drawHeader, formatDrawKey } from "./draws.ts";
import { ShopFailure } from "./shop-failure.ts";

/** Calls the next service; its failure, or its absence, becomes ours with the cause kept. */
export async function callService(
  service: string,
  url: string,
  body: object,
  key: DrawKey | undefined,
): Promise<Record<string, unknown>> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (key !== undefined) headers[drawHeader] = formatDrawKey(key);
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    answer = await response.json();
  } catch (cause) {
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
