import { type Attributes, type Span, SpanStatusCode } from "@opentelemetry/api";
import { ATTR_ERROR_TYPE } from "@opentelemetry/semantic-conventions";

/** Errors that a span has recorded: the spans above it are marked, but do not repeat the stack. */
const recorded = new WeakSet<object>();

/**
 * What `error.type` says: the code of errors that have one (`ECONNREFUSED`, SQLSTATE `57014`),
 * else the class. Both are of low cardinality, as the convention asks; a message is not.
 */
export function errorTypeOf(error: unknown): string {
  return readable(() => typeIn(error), "_OTHER");
}

function typeIn(error: unknown): string {
  if (typeof error !== "object" || error === null) return "_OTHER";
  if ("code" in error && isText(error.code)) return error.code;
  if (!(error instanceof Error)) return "_OTHER";
  return isText(error.name) && error.name !== "Error" ? error.name : error.constructor.name;
}

function messageOf(error: unknown): string {
  return readable(() => {
    const hasMessage = typeof error === "object" && error !== null && "message" in error;
    return hasMessage && typeof error.message === "string" ? error.message : String(error);
  }, "an error that cannot be read");
}

/** Getters may throw, and `Object.create(null)` is no string: the application's error is not replaced by ours. */
function readable<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** ERROR status and `error.type`, without an exception event. */
export function markFailed(span: Span, error: unknown, attributes?: Attributes): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
  span.setAttribute(ATTR_ERROR_TYPE, errorTypeOf(error));
  if (attributes !== undefined) span.setAttributes(attributes);
}

/** An error that wraps a recorded one adds words for the layers above, not another incident. */
function isRecorded(error: object): boolean {
  const cause = readable(() => ("cause" in error ? error.cause : undefined), undefined);
  return (
    recorded.has(error) || (typeof cause === "object" && cause !== null && recorded.has(cause))
  );
}

/** Marks the span; the innermost span that sees the error also records it as an exception. */
export function recordFailure(span: Span, error: unknown): void {
  markFailed(span, error);
  if (typeof error !== "object" || error === null) {
    span.recordException(messageOf(error));
    return;
  }
  const known = isRecorded(error);
  recorded.add(error);
  if (known) return;
  const summary = { name: errorTypeOf(error), message: messageOf(error) };
  try {
    span.recordException(error instanceof Error ? error : summary);
  } catch {
    span.recordException(summary);
  }
}
