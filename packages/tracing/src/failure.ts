import { type Attributes, type Span, SpanStatusCode } from "@opentelemetry/api";
import { ATTR_ERROR_TYPE } from "@opentelemetry/semantic-conventions";

/** Errors that a span has recorded: the spans above it are marked, but do not repeat the stack. */
const recorded = new WeakSet<object>();

/**
 * What `error.type` says: the code of errors that have one (`ECONNREFUSED`, SQLSTATE `57014`),
 * else the class. Both are of low cardinality, as the convention asks; a message is not.
 */
export function errorTypeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "_OTHER";
  if ("code" in error && typeof error.code === "string" && error.code !== "") return error.code;
  if (error instanceof Error) return error.name !== "Error" ? error.name : error.constructor.name;
  return "_OTHER";
}

/** ERROR status and `error.type`, without an exception event. */
export function markFailed(span: Span, error: unknown, attributes?: Attributes): void {
  span.setStatus({
    code: SpanStatusCode.ERROR,
    message: error instanceof Error ? error.message : String(error),
  });
  span.setAttribute(ATTR_ERROR_TYPE, errorTypeOf(error));
  if (attributes !== undefined) span.setAttributes(attributes);
}

/** An error that wraps a recorded one adds words for the layers above, not another incident. */
function isRecorded(error: object): boolean {
  const cause = "cause" in error ? error.cause : undefined;
  return (
    recorded.has(error) || (typeof cause === "object" && cause !== null && recorded.has(cause))
  );
}

/** Marks the span; the innermost span that sees the error also records it as an exception. */
export function recordFailure(span: Span, error: unknown): void {
  markFailed(span, error);
  if (typeof error !== "object" || error === null) {
    span.recordException(String(error));
    return;
  }
  const known = isRecorded(error);
  recorded.add(error);
  if (known) return;
  span.recordException(error instanceof Error ? error : String(error));
}
