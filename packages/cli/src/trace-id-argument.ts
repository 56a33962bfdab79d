import { UsageError } from "./cli-error.ts";

/** 1 to 32 hex digits in any case, as 32 lower-case ones; undefined for anything else. */
export function traceIdOf(text: string): string | undefined {
  return /^[0-9a-f]{1,32}$/i.test(text) ? text.toLowerCase().padStart(32, "0") : undefined;
}

/** @throws UsageError */
export function requireTraceId(text: string): string {
  const traceId = traceIdOf(text);
  if (traceId === undefined)
    throw new UsageError(`"${text}" is not a trace id: 1 to 32 hex digits`);
  return traceId;
}
