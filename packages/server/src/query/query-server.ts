// The query door: web UI, Jaeger's v1 and v3 APIs, Culprit's own API, /metrics, /healthz; and OTLP at /v1/traces, so that
// `culprit import --to` needs no second address.

import { maxHeaderSize, type Server } from "node:http";
import { StatementTooLong, type Store, StoreUnavailable } from "@culprit/store";
import fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from "fastify";
import type { DoorName } from "../door.ts";
import { closeHttpServer, newHttpServer } from "../http-door.ts";
import type { PacketStatus } from "../jaeger/jaeger-packet-receiver.ts";
import type { Metrics } from "../metrics.ts";
import { OTLP_HTTP_PATH, type OtlpHttpReceiver } from "../otlp/otlp-http-receiver.ts";
import type { BodyLimits } from "../read-body.ts";
import type { VerdictPass } from "../verdicts/verdict-pass.ts";
import { API_ERRORS, type ApiErrorCode, apiErrorDocument, CulpritApiError } from "./api-error.ts";
import { registerCulpritApi } from "./culprit-api.ts";
import { registerExplainApi } from "./explain-api.ts";
import { registerJaegerDependencies } from "./jaeger-dependencies.ts";
import { registerJaegerMetrics } from "./jaeger-metrics.ts";
import { registerJaegerTransform } from "./jaeger-transform.ts";
import { jaegerFailure, registerJaegerV1 } from "./jaeger-v1.ts";
import { jaegerV3Failure, registerJaegerV3 } from "./jaeger-v3.ts";
import { isTextTooLong, TOO_LARGE_MESSAGE } from "./json-stream.ts";
import { ParameterError } from "./parameter-error.ts";
import { serverStatus } from "./server-status.ts";
import { HASHED_FOLDERS, registerWebUi } from "./web-ui.ts";

export interface QueryServer {
  readonly server: Server;
  close(): Promise<void>;
}

export interface QueryServerParts {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly otlpHttp: OtlpHttpReceiver;
  /** Of a JSON body that is not one of OTLP's door. */
  readonly jsonLimits: BodyLimits;
  readonly uiDir: string | undefined;
  readonly verdicts: Pick<VerdictPass, "topology" | "status">;
  /** Of the doors that are open; a live view. */
  readonly addresses: ReadonlyMap<DoorName, string>;
  /** Of the doors over UDP that are open. */
  readonly packets: () => readonly PacketStatus[];
}

/** Paths that are no page of the UI: a file or an endpoint that is not there is a 404 and not an index.html. */
const NO_PAGE = new RegExp(`^/(api|v1|${HASHED_FOLDERS.join("|")})(/|$|\\?)`);

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
  const { reader, profiles, archive, dependencies } = store;
  registerJaegerV1(app, { reader, archive, parametersOf });
  await registerJaegerTransform(app, parts.jsonLimits, parametersOf);
  registerJaegerDependencies(app, dependencies, parametersOf);
  registerJaegerMetrics(app, store.metrics, parametersOf);
  registerJaegerV3(app, { reader, dependencies, parametersOf });
  registerCulpritApi(app, {
    reader,
    profiles,
    dependencies,
    parametersOf,
    verdicts: parts.verdicts,
    status: () => serverStatus({ ...parts, writer: store.writer }),
  });
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

/** In the form of the API whose path it is; Jaeger's v1 has its own, and so has everything else. */
function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  code: ApiErrorCode,
  message: string,
): FastifyReply {
  const httpStatus = API_ERRORS[code];
  return reply.code(httpStatus).send(errorDocument(request.url, httpStatus, code, message));
}

function errorDocument(
  url: string,
  httpStatus: number,
  code: ApiErrorCode,
  message: string,
): unknown {
  if (url.startsWith("/api/culprit/")) return apiErrorDocument(code, message);
  if (url.startsWith("/api/v3/")) return jaegerV3Failure(httpStatus, message);
  return jaegerFailure(httpStatus, message);
}
