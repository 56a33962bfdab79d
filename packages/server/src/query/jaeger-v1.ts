// Jaeger's v1 query API: what Grafana, Jaeger's older UI and everybody's scripts speak.
// https://www.jaegertracing.io/docs/1.76/apis/ ; behaviour as recorded from Jaeger 1.76, with these differences: errors
// are application/json, empty lists are [] and not null, and a search without a service looks at all of them.

import type { StoredTrace, TraceArchive, TraceReader } from "@culprit/store";
import { encodeJaegerTrace } from "@culprit/wire";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { adjustedSpans } from "./adjusted-spans.ts";
import { findTraces } from "./found-traces.ts";
import { jaegerOperations } from "./jaeger-operations.ts";
import { type DataOrError, jsonEnvelope, sendStream } from "./json-stream.ts";
import { ParameterError } from "./parameter-error.ts";
import { sendJson } from "./send-json.ts";
import { parseTraceId } from "./trace-id.ts";
import { booleanParameter, integerParameter, parseTraceQuery } from "./trace-query-parameters.ts";

export interface JaegerError {
  readonly code?: number;
  readonly msg: string;
  readonly traceID?: string;
}

/** The envelope of every answer. */
export interface JaegerAnswer {
  readonly data: unknown;
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
  readonly errors: readonly JaegerError[] | null;
}

export function jaegerAnswer(data: unknown, total = 0): JaegerAnswer {
  return { data, total, limit: 0, offset: 0, errors: null };
}

export function jaegerFailure(code: number, msg: string): JaegerAnswer {
  return { data: null, total: 0, limit: 0, offset: 0, errors: [{ code, msg }] };
}

const DEFAULT_LIMIT = 100;
const TWO_DAYS_MS = 2 * 86_400_000;

export interface JaegerV1Parts {
  readonly reader: TraceReader;
  readonly archive: TraceArchive;
  /** The query string of a request. */
  readonly parametersOf: (request: FastifyRequest) => URLSearchParams;
}

export function registerJaegerV1(
  app: FastifyInstance,
  { reader, archive, parametersOf }: JaegerV1Parts,
): void {
  app.get("/api/services", async (request, reply) => {
    const services = await reader.services();
    return send(request, reply, jaegerAnswer(services, services.length));
  });

  app.get<{ Params: { service: string } }>(
    "/api/services/:service/operations",
    async (request, reply) => {
      const operations = await reader.operations({ service: request.params.service });
      const names = [...new Set(operations.map(({ name }) => name))];
      return send(request, reply, jaegerAnswer(names, names.length));
    },
  );

  app.get("/api/operations", async (request, reply) => {
    const parameters = parametersOf(request);
    const service = parameters.get("service") ?? "";
    if (service === "") throw new ParameterError("parameter 'service' is required");
    const spanKind = parameters.get("spanKind") ?? "";
    const operations = await jaegerOperations(reader, { service, spanKind, unspecified: "" });
    return send(request, reply, jaegerAnswer(operations, operations.length));
  });

  app.get("/api/traces", async (request, reply) => {
    const parameters = parametersOf(request);
    const isRaw = booleanParameter(parameters, "raw");
    const ids = parameters.getAll("traceID").filter((id) => id !== "");
    if (ids.length > 0) {
      return sendTraces(request, reply, tracesByIds(reader, parseTraceIds(ids), isRaw));
    }
    const nowMs = Date.now();
    const query = parseTraceQuery(parameters, {
      limit: DEFAULT_LIMIT,
      overMaxLimit: "cap",
      lookbackMs: TWO_DAYS_MS,
      nowMs,
    });
    const traces = findTraces(reader, {
      ...query,
      startMaxUnixNano: query.startMaxUnixNano ?? BigInt(nowMs) * 1_000_000n,
    });
    return sendTraces(request, reply, encoded(traces, isRaw));
  });

  app.get<{ Params: { id: string } }>("/api/traces/:id", async (request, reply) => {
    const parameters = parametersOf(request);
    const isRaw = booleanParameter(parameters, "raw");
    // The id says it all; wrong times are the client's mistake nevertheless.
    integerParameter(parameters, "start");
    integerParameter(parameters, "end");
    const id = parseTraceId(request.params.id);
    if ("error" in id) throw new ParameterError(id.error);
    const trace = await reader.trace(id.traceId);
    if (trace === undefined) {
      reply.code(404);
      return send(request, reply, jaegerFailure(404, "trace not found"));
    }
    return send(
      request,
      reply,
      jaegerAnswer([encodeJaegerTrace(adjustedSpans(trace.spans, isRaw))]),
    );
  });

  app.post<{ Params: { id: string } }>("/api/archive/:id", async (request, reply) => {
    const id = parseTraceId(request.params.id);
    if ("error" in id) throw new ParameterError(id.error);
    if (await archive.archive(id.traceId)) return send(request, reply, jaegerAnswer([]));
    reply.code(404);
    return send(request, reply, jaegerFailure(404, "trace not found"));
  });
  app.get("/api/archive/:id", (request, reply) => {
    reply.code(405).header("Allow", "POST");
    return send(request, reply, jaegerFailure(405, "a trace is archived with POST"));
  });

  function sendTraces(
    request: FastifyRequest,
    reply: FastifyReply,
    items: AsyncIterable<DataOrError>,
  ): Promise<FastifyReply | undefined> {
    return sendItems(reply, items, parametersOf(request));
  }

  function send(request: FastifyRequest, reply: FastifyReply, answer: JaegerAnswer): FastifyReply {
    return sendJson(reply, answer, parametersOf(request));
  }
}

/** Data and errors in the envelope, as they come; all at once where they are to be indented. */
export async function sendItems(
  reply: FastifyReply,
  items: AsyncIterable<DataOrError>,
  parameters: URLSearchParams,
): Promise<FastifyReply | undefined> {
  return booleanParameter(parameters, "prettyPrint")
    ? sendJson(reply, await collected(items), parameters)
    : sendStream(reply, jsonEnvelope(items));
}

/** Each once, by its full form; the value is what the client wrote. */
function parseTraceIds(texts: readonly string[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const text of texts) {
    const id = parseTraceId(text);
    if ("error" in id) throw new ParameterError(`cannot parse traceID param: ${id.error}`);
    ids.set(id.traceId, text);
  }
  return ids;
}

async function* tracesByIds(
  reader: TraceReader,
  ids: ReadonlyMap<string, string>,
  isRaw: boolean,
): AsyncGenerator<DataOrError> {
  for (const [traceId, text] of ids) {
    const trace = await reader.trace(traceId);
    if (trace === undefined) yield { error: { msg: "trace not found", traceID: text } };
    else yield { data: encodeJaegerTrace(adjustedSpans(trace.spans, isRaw)), traceId };
  }
}

async function* encoded(
  traces: AsyncIterable<StoredTrace>,
  isRaw: boolean,
): AsyncGenerator<DataOrError> {
  for await (const { spans, traceId } of traces) {
    yield { data: encodeJaegerTrace(adjustedSpans(spans, isRaw)), traceId };
  }
}

async function collected(items: AsyncIterable<DataOrError>): Promise<JaegerAnswer> {
  const data: unknown[] = [];
  const errors: JaegerError[] = [];
  for await (const item of items) {
    if ("error" in item) errors.push(item.error);
    else data.push(item.data);
  }
  return { ...jaegerAnswer(data), errors: errors.length === 0 ? null : errors };
}
