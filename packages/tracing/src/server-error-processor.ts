import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { Span, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
} from "@opentelemetry/semantic-conventions";

/**
 * A SERVER span that failed and does not know why says at least its status code, as the convention asks:
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/ . Runs while the span can still be written.
 */
export class ServerErrorProcessor implements SpanProcessor {
  onStart(): void {}

  onEnding(span: Span): void {
    if (span.kind !== SpanKind.SERVER || span.status.code !== SpanStatusCode.ERROR) return;
    const status = span.attributes[ATTR_HTTP_RESPONSE_STATUS_CODE];
    if (status === undefined || span.attributes[ATTR_ERROR_TYPE] !== undefined) return;
    span.setAttribute(ATTR_ERROR_TYPE, String(status));
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
