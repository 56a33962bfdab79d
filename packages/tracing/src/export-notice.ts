import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-base";

/**
 * Passes spans on; the first time that fails it says so in one line and never again. The application is
 * told, not stopped: the processor behind has a bounded queue and drops what does not fit.
 */
export class ExportNotice implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #destination: string;
  readonly #say: (line: string) => void;
  #said = false;
  /** Exports without an answer so far. */
  #waiting = 0;

  constructor(exporter: SpanExporter, destination: string, say: (line: string) => void) {
    this.#exporter = exporter;
    this.#destination = destination;
    this.#say = say;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#waiting++;
    const finish = (result: ExportResult): void => {
      this.#waiting--;
      if (result.code === ExportResultCode.FAILED) this.#notice(result.error);
      done(result);
    };
    try {
      this.#exporter.export(spans, finish);
    } catch (error) {
      finish({ code: ExportResultCode.FAILED, error: toError(error) });
    }
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  /** Nobody waits any longer for what is on its way, so this is the last chance to say that it is lost. */
  giveUp(afterMs: number): void {
    if (this.#waiting > 0) this.#notice(new Error(`no answer within ${afterMs} ms`));
  }

  #notice(error: Error | undefined): void {
    if (this.#said) return;
    this.#said = true;
    this.#say(
      `@culprit/tracing: spans do not get through to ${this.#destination} (${reasonOf(error)}). ` +
        "They are dropped until it answers; the application is not affected. This is said once.",
    );
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** A refused connection to `localhost` is an AggregateError without a message; its code says it. */
function reasonOf(error: Error | undefined): string {
  if (error === undefined) return "no reason given";
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const first = error.message.split("\n", 1)[0] ?? "";
  if (error.cause instanceof Error && first === "") return reasonOf(error.cause);
  if (first === "") return code ?? error.name;
  return code === undefined || first.includes(code) ? first : `${code} ${first}`;
}
