import { context, type Span } from "@opentelemetry/api";
import { getRPCMetadata } from "@opentelemetry/core";

/**
 * The SERVER span of the HTTP request being handled. The convention leaves it unset for 4xx answers; an
 * application that knows better (a declined payment is a failed order) marks it through this.
 */
export function activeServerSpan(): Span | undefined {
  return getRPCMetadata(context.active())?.span;
}
