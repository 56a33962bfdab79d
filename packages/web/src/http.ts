import { busy } from "./idle.ts";

/** The server answered, and the answer is no. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "HttpError";
    this.status = status;
  }
}

export async function getJson<T>(path: string, signal: AbortSignal): Promise<T> {
  const done = busy();
  try {
    const response = await fetch(path, { signal, headers: { accept: "application/json" } });
    if (!response.ok) throw new HttpError(response.status, await errorMessage(response));
    return (await response.json()) as T;
  } finally {
    done();
  }
}

// Culprit answers {error: {message}} or {error: text}; the Jaeger API {errors: [{msg}]}.
async function errorMessage(response: Response): Promise<string> {
  const fallback = `The server answered ${response.status} ${response.statusText}`.trim();
  try {
    const body: unknown = await response.json();
    return messageIn(body) ?? fallback;
  } catch {
    return fallback;
  }
}

function messageIn(body: unknown): string | undefined {
  if (typeof body === "string" && body !== "") return body;
  if (typeof body !== "object" || body === null) return undefined;
  const fields = body as Readonly<Record<string, unknown>>;
  const list = fields.errors;
  if (Array.isArray(list)) return messageIn(list[0]);
  return messageIn(fields.error) ?? messageIn(fields.message) ?? messageIn(fields.msg);
}
