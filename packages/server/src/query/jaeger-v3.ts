// Jaeger's v3 query API over HTTP: what its newer UI and Grafana's v3 mode speak. Traces come as OTLP.
// https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v3/query_service.proto ; behaviour as recorded from
// Jaeger's main branch of August 2026, with these differences: errors are application/json, a search depth of 0 is a 400,
// and dependencies answer.

import type { DependencyReader, StoredTrace, TraceReader } from "@culprit/store";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { findTraces } from "./found-traces.ts";
import { jaegerOperations } from "./jaeger-operations.ts";
import { summariesJson, tracesJson } from "./jaeger-v3-json.ts";
import {
  parametersOfBody,
  parseV3Search,
  parseV3Trace,
  parseV3Window,
  V3Parameters,
  type V3Search,
} from "./jaeger-v3-parameters.ts";
import { sendStream } from "./json-stream.ts";
import { ParameterError } from "./parameter-error.ts";
import { parseTraceId } from "./trace-id.ts";

export interface JaegerV3Parts {
  readonly reader: TraceReader;
  readonly dependencies: DependencyReader;
  /** The query string of a request. */
  readonly parametersOf: (request: FastifyRequest) => URLSearchParams;
}

export interface JaegerV3Failure {
  readonly error: { readonly httpCode: number; readonly message: string };
}

export function jaegerV3Failure(httpCode: number, message: string): JaegerV3Failure {
  return { error: { httpCode, message } };
}

export function registerJaegerV3(app: FastifyInstance, parts: JaegerV3Parts): void {
  const { reader, dependencies, parametersOf } = parts;

  app.get("/api/v3/services", async () => ({ services: await reader.services() }));

  app.get("/api/v3/operations", async (request) => {
    const parameters = new V3Parameters(parametersOf(request), "");
    const operations = await jaegerOperations(reader, {
      service: parameters.text("service"),
      spanKind: parameters.text("spanKind"),
      unspecified: "internal",
    });
    return { operations };
  });

  app.get("/api/v3/traces", (request, reply) =>
    sendFound(reply, parseV3Search(parametersOf(request))),
  );
  app.post("/api/v3/traces", (request, reply) =>
    sendFound(reply, parseV3Search(parametersOfBody(request.body))),
  );

  app.get<{ Params: { id: string } }>("/api/v3/traces/:id", async (request, reply) => {
    const { isRaw } = parseV3Trace(parametersOf(request));
    const id = parseTraceId(request.params.id);
    if ("error" in id) throw new ParameterError(`malformed parameter trace_id: ${id.error}`);
    const trace = await reader.trace(id.traceId);
    return sendTraces(reply, trace === undefined ? [] : [trace], isRaw);
  });

  app.get("/api/v3/trace-summaries", (request, reply) =>
    sendSummaries(reply, parseV3Search(parametersOf(request))),
  );
  app.post("/api/v3/trace-summaries", (request, reply) =>
    sendSummaries(reply, parseV3Search(parametersOfBody(request.body))),
  );

  app.get("/api/v3/dependencies", async (request) => {
    const found = await dependencies.dependencies(parseV3Window(parametersOf(request)));
    return {
      dependencies: found.map(({ parent, child, callCount }) => ({
        parent,
        child,
        callCount: String(callCount),
      })),
    };
  });

  function sendFound(reply: FastifyReply, { query, isRaw }: V3Search): Promise<FastifyReply> {
    return sendTraces(reply, findTraces(reader, query), isRaw);
  }

  async function sendTraces(
    reply: FastifyReply,
    traces: AsyncIterable<StoredTrace> | Iterable<StoredTrace>,
    isRaw: boolean,
  ): Promise<FastifyReply> {
    const sent = await sendStream(reply, tracesJson(traces, isRaw));
    return sent ?? reply.code(404).send(jaegerV3Failure(404, "No traces found"));
  }

  function sendSummaries(
    reply: FastifyReply,
    { query }: V3Search,
  ): Promise<FastifyReply | undefined> {
    return sendStream(reply, summariesJson(findTraces(reader, query)));
  }
}
