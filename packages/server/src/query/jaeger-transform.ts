// POST /api/transform: OTLP/JSON to Jaeger's JSON, nothing stored and nothing tidied. Jaeger's UI sends the files that are
// dropped on its search page here.

import { groupByTrace, SpanCollector } from "@culprit/trace-model";
import { type DecodeOutcome, decodeOtlpJson, encodeJaegerTrace, WireError } from "@culprit/wire";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type BodyLimits, type BodyOutcome, CONTENT_ENCODINGS, readBody } from "../read-body.ts";
import { jaegerFailure, sendItems } from "./jaeger-v1.ts";
import type { DataOrError } from "./json-stream.ts";

/** @param limits of a JSON body */
export async function registerJaegerTransform(
  app: FastifyInstance,
  limits: BodyLimits,
  parametersOf: (request: FastifyRequest) => URLSearchParams,
): Promise<void> {
  // A scope of its own: only here bodies come as they are, whatever type they claim.
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.post("/api/transform", async (request, reply) => {
      const body = await readBody(request.raw, limits);
      if (body.kind !== "body") return sendUnread(reply, body, limits);
      const collector = new SpanCollector();
      let outcome: DecodeOutcome;
      try {
        outcome = decodeOtlpJson(body.bytes, collector);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        const failure = jaegerFailure(400, `cannot unmarshal OTLP: ${error.message}`);
        return reply.code(400).send(failure);
      } finally {
        body.release();
      }
      return sendItems(reply, transformed(collector, outcome), parametersOf(request));
    });
  });
}

async function* transformed(
  { spans }: SpanCollector,
  { rejectedSpanCount, rejectedMessage }: DecodeOutcome,
): AsyncGenerator<DataOrError> {
  for (const [traceId, ofTrace] of groupByTrace(spans)) {
    yield { data: encodeJaegerTrace(ofTrace), traceId };
  }
  if (rejectedSpanCount > 0) yield { error: { code: 400, msg: rejectedMessage } };
}

function sendUnread(
  reply: FastifyReply,
  body: Exclude<BodyOutcome, { kind: "body" }>,
  { maxBodyBytes }: BodyLimits,
): FastifyReply {
  const refuse = (code: number, message: string): FastifyReply =>
    reply.code(code).send(jaegerFailure(code, message));
  switch (body.kind) {
    case "too-large":
      return refuse(413, `the body is larger than ${maxBodyBytes} bytes (unpacked)`);
    case "busy":
      return refuse(503, "too many requests are being read; try again later");
    case "unknown-encoding":
      return refuse(
        415,
        `unsupported content encoding; supported: ${CONTENT_ENCODINGS.join(", ")}`,
      );
    case "corrupt":
      return refuse(400, body.message);
    case "aborted":
      return reply.hijack();
  }
}
