// A request byte by byte as a test wants it: any method and headers, a body of known length or in chunks.

import { request as httpRequest, type IncomingHttpHeaders } from "node:http";

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Without a length, in pieces that end at these offsets; every 100 bytes when true. */
  readonly isChunked?: boolean | readonly number[];
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export function sendHttp(port: number, sent: Sent): Promise<Reply> {
  const { method = "POST", path = "/", headers = {}, body = "", isChunked = false } = sent;
  return new Promise((resolve, reject) => {
    const length =
      isChunked === false ? { "content-length": String(Buffer.byteLength(body)) } : undefined;
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
    if (isChunked === false) {
      request.end(body);
      return;
    }
    const bytes = Buffer.from(body);
    const ends =
      isChunked === true
        ? Array.from({ length: Math.floor(bytes.length / 100) }, (_, i) => (i + 1) * 100)
        : isChunked;
    let start = 0;
    for (const end of [...ends, bytes.length]) {
      if (end > start) request.write(bytes.subarray(start, end));
      start = end;
    }
    request.end();
  });
}
