// Jaeger's envelope, written trace by trace: an answer may be longer than one text can be, and is never held whole.

import { constants } from "node:buffer";
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import type { JaegerError } from "./jaeger-v1.ts";

/** What the envelope holds: its data and, in the end, its errors. */
export type DataOrError =
  | { readonly data: unknown; readonly traceId: string }
  | { readonly error: JaegerError };

export const TOO_LARGE_MESSAGE: string = `the answer holds a document of more than ${constants.MAX_STRING_LENGTH} characters; ask for fewer traces with a lower 'limit', or for single spans of a trace with /api/culprit/traces/{id}/spans/{spanId}`;

/** As V8 says it. */
export function isTextTooLong(error: unknown): boolean {
  return error instanceof RangeError && error.message === "Invalid string length";
}

/** `{"data":[…],…}`; a single trace that is too large for a text is named in `errors` instead. */
export async function* jsonEnvelope(items: AsyncIterable<DataOrError>): AsyncGenerator<string> {
  const errors: JaegerError[] = [];
  let separator = '{"data":[';
  for await (const item of items) {
    if ("error" in item) {
      errors.push(item.error);
      continue;
    }
    const text = jsonOf(item.data);
    if (text === undefined) {
      errors.push({ code: 422, msg: TOO_LARGE_MESSAGE, traceID: item.traceId });
      continue;
    }
    yield separator;
    yield text;
    separator = ",";
  }
  if (separator !== ",") yield separator;
  const errorsText = JSON.stringify(errors.length === 0 ? null : errors);
  yield `],"total":0,"limit":0,"offset":0,"errors":${errorsText}}`;
}

/** undefined for what is too large for a text. */
export function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (isTextTooLong(error)) return undefined;
    throw error;
  }
}

/**
 * Sends the chunks as they come. What is wrong with the question shows before the first one, while a status can still be
 * sent.
 * @returns undefined when there are no chunks: then nothing was sent
 */
export async function sendStream(
  reply: FastifyReply,
  chunks: AsyncGenerator<string>,
): Promise<FastifyReply | undefined> {
  const first = await chunks.next();
  if (first.done === true) return undefined;
  const all = async function* (): AsyncGenerator<string> {
    yield first.value;
    yield* chunks;
  };
  return reply.type("application/json").send(Readable.from(all(), { objectMode: false }));
}
