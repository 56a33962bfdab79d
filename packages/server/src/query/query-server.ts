// The query door: web UI, Jaeger's v1 API, Culprit's own API, /metrics, /healthz; and OTLP at /v1/traces, so that
// `culprit import --to` needs no second address.

import { maxHeaderSize, type Server } from "node:http";
import { StatementTooLong, type Store, StoreUnavailable } from "@culprit/store";
import fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from "fastify";
import { closeHttpServer, newHttpServer } from "../http-door.ts";
import type { PacketStatus } from "../jaeger/jaeger-packet-receiver.ts";
import type { Metrics } from "../metrics.ts";
import { OTLP_HTTP_PATH, type OtlpHttpReceiver } from "../otlp/otlp-http-receiver.ts";
import type { VerdictPass } from "../verdicts/verdict-pass.ts";
import { API_ERRORS, type ApiErrorCode, apiErrorDocument, CulpritApiError } from "./api-error.ts";
import { registerCulpritApi } from "./culprit-api.ts";
import { registerExplainApi } from "./explain-api.ts";
import { jaegerFailure, registerJaegerV1 } from "./jaeger-v1.ts";
import { isTextTooLong, TOO_LARGE_MESSAGE } from "./json-stream.ts";
import { ParameterError } from "./parameter-error.ts";
import { registerWebUi } from "./web-ui.ts";

export interface QueryServer {
  readonly server: Server;
  close(): Promise<void>;
}

export interface QueryServerParts {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly otlpHttp: OtlpHttpReceiver;
  readonly uiDir: string | undefined;
  readonly verdicts: Pick<VerdictPass, "topology" | "status">;
  /** Of the doors over UDP that are open. */
  readonly packets: () => readonly PacketStatus[];
}

/** Paths that are no page of the UI: a file or an endpoint that is not there is a 404 and not an index.html. */
const NO_PAGE = /^\/(api|v1|assets)(\/|$|\?)/;

/** Not listening yet. */
export async function createQueryServer(parts: QueryServerParts): Promise<QueryServer> {
  const { store, metrics, otlpHttp } = parts;
  const app = fastify({
    serverFactory: (handler) =>
      newHttpServer((request, response, expectsContinue) => {
        if (request.url === OTLP_HTTP_PATH) {
          void otlpHttp.handle(request, response, expectsContinue);
          return;
        }
        if (expectsContinue) response.writeContinue();
        handler(request, response);
      }),
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
    // Names of services are part of paths, which Node limits together with the headers.
    routerOptions: {
      maxParamLength: maxHeaderSize,
      querystringParser: (text) => ({ parameters: new URLSearchParams(text) }),
    },
  });

  app.setErrorHandler<FastifyError>((error, request, reply) => answerError(error, request, reply));
  registerJaegerV1(app, store.reader, parametersOf);
  const { reader, profiles } = store;
  const { verdicts, packets } = parts;
  registerCulpritApi(app, { reader, profiles, parametersOf, verdicts, packets });
  registerExplainApi(app, store.cohorts);
  app.get("/metrics", async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
  app.get("/healthz", async () => {
    await store.engineEvents();
    return { status: "ok", overloaded: store.writer.overloaded };
  });
  const sendPage = await registerWebUi(app, parts.uiDir);
  app.setNotFoundHandler((request, reply) => {
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (isRead && !NO_PAGE.test(request.url)) return sendPage(reply);
    const message = `no such path: ${request.method} ${request.url.split("?", 1)[0]}`;
    return sendError(request, reply, "not-found", message);
  });
  await app.ready();
  return {
    server: app.server,
    close: async () => {
      await closeHttpServer(app.server);
      await app.close();
    },
  };
}

function parametersOf(request: FastifyRequest): URLSearchParams {
  return (request.query as { readonly parameters: URLSearchParams }).parameters;
}

function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): unknown {
  if (error instanceof CulpritApiError) return sendError(request, reply, error.code, error.message);
  const isClientError = error.statusCode !== undefined && error.statusCode < 500;
  const isQuestion = error instanceof ParameterError || error instanceof StatementTooLong;
  if (isQuestion || isClientError) {
    return sendError(request, reply, "bad-parameter", error.message);
  }
  if (error instanceof StoreUnavailable) {
    return sendError(request, reply, "store-unavailable", error.message);
  }
  if (isTextTooLong(error)) {
    return sendError(request, reply, "answer-too-large", TOO_LARGE_MESSAGE);
  }
  console.error(`query: ${request.method} ${request.url} failed:`, error);
  return sendError(request, reply, "internal", "internal error");
}

/** In Jaeger's envelope, or in Culprit's own form under its own paths. */
function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  code: ApiErrorCode,
  message: string,
): FastifyReply {
  const httpStatus = API_ERRORS[code];
  const isCulprit = request.url.startsWith("/api/culprit/");
  return reply
    .code(httpStatus)
    .send(isCulprit ? apiErrorDocument(code, message) : jaegerFailure(httpStatus, message));
}
