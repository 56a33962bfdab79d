// Culprit's own API: /api/culprit. Documents as packages/api describes them.

import { analyzeTrace, FINDING_KINDS } from "@culprit/analysis";
import type { FindingKinds, Status } from "@culprit/api";
import type { ProfileReader, StoredTrace, TraceReader } from "@culprit/store";
import { assembleTrace, type Trace } from "@culprit/trace-model";
import { encodeOtlpJson } from "@culprit/wire";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { PacketStatus } from "../jaeger/jaeger-packet-receiver.ts";
import type { VerdictPass, VerdictPassStatus } from "../verdicts/verdict-pass.ts";
import { CulpritApiError } from "./api-error.ts";
import { ParameterError } from "./parameter-error.ts";
import { bandParameter, parseProfileRequest } from "./profile-request.ts";
import { spanDetailOf } from "./span-detail.ts";
import { parseTraceId } from "./trace-id.ts";
import { listTraces } from "./trace-list.ts";
import { tracePageOf } from "./trace-page.ts";
import { foldedProfile, traceProfile } from "./trace-profile.ts";

export interface CulpritApiParts {
  readonly reader: TraceReader;
  readonly profiles: ProfileReader;
  readonly parametersOf: (request: FastifyRequest) => URLSearchParams;
  readonly verdicts: Pick<VerdictPass, "topology" | "status">;
  readonly packets: () => readonly PacketStatus[];
}

export function registerCulpritApi(
  app: FastifyInstance,
  { reader, profiles, parametersOf, verdicts, packets }: CulpritApiParts,
): void {
  app.get("/api/culprit/traces", (request) =>
    listTraces(reader, verdicts.topology, parametersOf(request), Date.now()),
  );

  app.get("/api/culprit/status", () => statusOf(verdicts.status, packets()));

  app.get<{ Params: { id: string } }>("/api/culprit/traces/:id", async (request) =>
    tracePageOf(await readTrace(reader, request.params.id)),
  );

  app.get<{ Params: { id: string; spanId: string } }>(
    "/api/culprit/traces/:id/spans/:spanId",
    async (request) => {
      const { id, spanId } = request.params;
      const detail = spanDetailOf(await readTrace(reader, id), spanId.toLowerCase());
      if (detail === undefined) throw new CulpritApiError("span-not-found", `no span ${spanId}`);
      return detail;
    },
  );

  app.get<{ Params: { id: string } }>("/api/culprit/traces/:id/verdict", async (request) => {
    const overlapTolerance = overlapToleranceOf(parametersOf(request));
    const { spans, lateSpanIds } = await readStored(reader, request.params.id);
    const { topology } = verdicts;
    return analyzeTrace(assembleTrace(spans), { overlapTolerance, topology, lateSpanIds });
  });

  app.get("/api/culprit/finding-kinds", (): FindingKinds => ({ kinds: [...FINDING_KINDS] }));

  app.get("/api/culprit/profile", async (request, reply) => {
    const parameters = parametersOf(request);
    const asked = parseProfileRequest(parameters, Date.now());
    const format = parameters.get("format") ?? "json";
    const band = bandParameter(parameters);
    const { topology } = verdicts;
    if (format === "json") return traceProfile(profiles, topology, asked);
    if (format !== "folded") {
      throw new ParameterError(`parameter 'format' is json or folded, not "${format}"`);
    }
    const text = await foldedProfile(profiles, topology, asked, band);
    return reply.type("text/plain; charset=utf-8").send(text);
  });

  // Everything that was received, copies included: what export prints.
  app.get<{ Params: { id: string } }>("/api/culprit/traces/:id/otlp", async (request, reply) => {
    const { spans } = await readStored(reader, request.params.id);
    return sendJson(reply, encodeOtlpJson(spans));
  });
}

function statusOf(
  { judgedUntil, ...figures }: VerdictPassStatus,
  packets: readonly PacketStatus[],
): Status {
  return {
    schema: 1,
    verdicts: { judgedUntilUnixNano: judgedUntil.toString(), ...figures },
    ...(packets.length === 0 ? undefined : { packets: [...packets] }),
  };
}

function sendJson(reply: FastifyReply, json: string): FastifyReply {
  return reply.type("application/json").send(json);
}

async function readTrace(reader: TraceReader, id: string): Promise<Trace> {
  return assembleTrace((await readStored(reader, id)).spans);
}

async function readStored(reader: TraceReader, text: string): Promise<StoredTrace> {
  const id = parseTraceId(text);
  if ("error" in id) throw new CulpritApiError("bad-parameter", id.error);
  const stored = await reader.trace(id.traceId);
  if (stored === undefined) {
    throw new CulpritApiError("trace-not-found", `no span of trace ${id.traceId} is stored`);
  }
  return stored;
}

function overlapToleranceOf(parameters: URLSearchParams): number {
  const text = parameters.get("overlapTolerance") ?? "0";
  const tolerance = Number(text);
  if (text.trim() === "" || !(tolerance >= 0 && tolerance < 1)) {
    throw new CulpritApiError(
      "bad-parameter",
      `overlapTolerance is from 0 to below 1, not "${text}"`,
    );
  }
  return tolerance;
}
