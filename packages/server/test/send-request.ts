// HTTP requests as fetch does not make them: in chunks, with any header, with a body of any method.

import { request as httpRequest, type IncomingHttpHeaders } from "node:http";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface SentRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array | string;
  readonly isChunked?: boolean;
}

/** A POST unless told otherwise, to 127.0.0.1. */
export function sendRequest(
  port: number,
  { method = "POST", path = "/", headers = {}, body = "", isChunked = false }: SentRequest,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const length = isChunked ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const request = httpRequest({
      host: "127.0.0.1",
      port,
      method,
      path,
      headers: { ...length, ...headers },
    });
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    if (isChunked) {
      const bytes = Buffer.from(body);
      for (let at = 0; at < bytes.length; at += 100) request.write(bytes.subarray(at, at + 100));
      request.end();
    } else {
      request.end(body);
    }
  });
}
