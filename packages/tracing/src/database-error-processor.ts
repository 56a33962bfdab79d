import { SpanStatusCode } from "@opentelemetry/api";
import type { Span, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import {
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_MESSAGE,
} from "@opentelemetry/semantic-conventions";

/**
 * The PostgreSQL instrumentation marks a failed span but keeps the server's code inside the text of the
 * exception event: "… occurred (code: 57014)". This puts it where the database conventions want it,
 * https://opentelemetry.io/docs/specs/semconv/db/postgresql/ . Runs while the span can still be written.
 */
export class DatabaseErrorProcessor implements SpanProcessor {
  onStart(): void {}

  onEnding(span: Span): void {
    if (span.status.code !== SpanStatusCode.ERROR) return;
    if (span.instrumentationScope.name !== "@opentelemetry/instrumentation-pg") return;
    const code = codeIn(span);
    if (code === undefined) return;
    span.setAttribute(ATTR_ERROR_TYPE, code);
    // SQLSTATE: five digits or capitals. Anything else (ECONNREFUSED) never reached the server.
    if (/^[0-9A-Z]{5}$/.test(code)) span.setAttribute(ATTR_DB_RESPONSE_STATUS_CODE, code);
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

function codeIn(span: Span): string | undefined {
  for (const { attributes } of span.events) {
    const match = /\(code: ([0-9A-Z_]+)\)/.exec(String(attributes?.[ATTR_EXCEPTION_MESSAGE] ?? ""));
    if (match?.[1] !== undefined && match[1] !== "UNKNOWN") return match[1];
  }
  return undefined;
}
