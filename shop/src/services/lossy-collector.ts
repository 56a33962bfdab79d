/** Stands between a service and where its spans go (`FORWARD_URL`), and loses all it is sent of some traces. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { requiredEnv } from "../call-service.ts";
import { startAndReport, stopWithStarter } from "../child-link.ts";
import { losesSpansOf } from "../lost-spans.ts";

interface ScopeSpans {
  readonly spans?: readonly { readonly traceId: string }[];
}
interface TracesRequest {
  readonly resourceSpans?: readonly { readonly scopeSpans?: readonly ScopeSpans[] }[];
}

const forwardUrl = `${requiredEnv("FORWARD_URL")}/v1/traces`;

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const text = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
  const kept = withoutLost(JSON.parse(text.toString("utf8")));
  try {
    const answer = await fetch(forwardUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(kept),
    });
    response.statusCode = answer.status;
    await answer.body?.cancel();
  } catch {
    // The exporter sends again what could not be passed on.
    response.statusCode = 503;
  }
  response.setHeader("content-type", "application/json");
  response.end("{}");
});

function withoutLost(traces: TracesRequest): TracesRequest {
  return {
    resourceSpans: (traces.resourceSpans ?? []).map((resource) => ({
      ...resource,
      scopeSpans: (resource.scopeSpans ?? []).map((scope) => ({
        ...scope,
        spans: (scope.spans ?? []).filter((span) => !losesSpansOf(span.traceId)),
      })),
    })),
  };
}

stopWithStarter(async () => {
  server.close();
  server.closeIdleConnections();
});
await startAndReport(
  () =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
        resolve({ port: (server.address() as AddressInfo).port });
      });
    }),
);
