// Answers over HTTP that are a status and a few words, as collectors give them to exporters.

import type { ServerResponse } from "node:http";

export interface TextAnswer {
  readonly httpStatus: number;
  /** One line of plain text without its end, or a document; "" for an empty body. */
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the text is; plain text when absent. */
  readonly contentType?: string;
}

export function notAllowed(method: string | undefined, allowed: string): TextAnswer {
  const text = `${method} is not supported; use ${allowed}`;
  return { httpStatus: 405, text, headers: { Allow: allowed } };
}

export function sendText(response: ServerResponse, answer: TextAnswer): void {
  const { httpStatus, text, headers, contentType } = answer;
  const body = text === "" || contentType !== undefined ? text : `${text}\n`;
  response.writeHead(httpStatus, {
    ...(body === "" ? undefined : { "Content-Type": contentType ?? "text/plain; charset=utf-8" }),
    "Content-Length": Buffer.byteLength(body),
    // A body of a stranger's words is not to be taken for a page.
    "X-Content-Type-Options": "nosniff",
    ...headers,
  });
  response.end(body);
}
