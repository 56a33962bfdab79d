/** A trace id as people and tools write it. Leading zeros may be left out; digits in any case. */
export function parseTraceId(text: string): { traceId: string } | { error: string } {
  if (text.length > 32) {
    return { error: `TraceID cannot be longer than 32 hex characters: ${text}` };
  }
  if (!/^[0-9a-f]+$/i.test(text)) {
    return { error: `"${text}" is not 1 to 32 hex digits` };
  }
  return { traceId: text.toLowerCase().padStart(32, "0") };
}
