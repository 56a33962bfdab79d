/** fetch says only "fetch failed"; why is in its cause. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  // Ports of other services, such as 1 or 25: https://fetch.spec.whatwg.org/#port-blocking
  if (cause.message === "bad port") return "HTTP clients do not connect to this port";
  return cause.message !== "" ? cause.message : "code" in cause ? String(cause.code) : cause.name;
}
