import { SpanStatusCode } from "@opentelemetry/api";
import type { Span, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import {
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
} from "@opentelemetry/semantic-conventions";

/** Codes of DOMExceptions end at 25; longer numbers are somebody else's, such as PostgreSQL's 57014. */
const DOM_CODE = /^\d{1,2}$/;

/**
 * `fetch` fails with a DOMException when its signal ends it, and the SDK takes the number in its old `code` for the type:
 * a time limit is "23". This puts its name there, `TimeoutError` or `AbortError`, in the exception and as the span's
 * `error.type`. Runs while the span can still be written.
 */
export class AbortErrorProcessor implements SpanProcessor {
  onStart(): void {}

  onEnding(span: Span): void {
    if (span.status.code !== SpanStatusCode.ERROR) return;
    for (const { attributes } of span.events) {
      const type = attributes?.[ATTR_EXCEPTION_TYPE];
      if (attributes === undefined || !DOM_CODE.test(String(type ?? ""))) continue;
      const name = /^\w+/.exec(String(attributes[ATTR_EXCEPTION_STACKTRACE] ?? ""))?.[0];
      if (name === undefined) continue;
      attributes[ATTR_EXCEPTION_TYPE] = name;
      const known = span.attributes[ATTR_ERROR_TYPE];
      if (known === undefined || String(known) === type) span.setAttribute(ATTR_ERROR_TYPE, name);
    }
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
