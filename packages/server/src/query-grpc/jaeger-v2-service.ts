// jaeger.api_v2.QueryService, which Kiali and older clients call: traces come as Jaeger's own spans, a piece a message.
// https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/query.proto

import { encodeJaegerProtobuf } from "@culprit/wire";
import type { Server } from "@grpc/grpc-js";
import { jaegerOperations } from "../query/jaeger-operations.ts";
import { ParameterError } from "../query/parameter-error.ts";
import { addDependenciesCall } from "./dependencies-call.ts";
import { methodOf, streaming, unary } from "./grpc-answering.ts";
import { archiveTrace, foundMessages, type QueryGrpcParts, traceMessages } from "./query-calls.ts";
import {
  readOperationsRequest,
  readSearchRequest,
  readV2TraceRequest,
  type SearchRequest,
} from "./query-requests.ts";
import { servicesResponse, v2OperationsResponse } from "./query-responses.ts";

const SERVICE = "jaeger.api_v2.QueryService";
const NOTHING = new Uint8Array();

export function addJaegerV2Service(
  server: Server,
  { reader, archive, dependencies }: QueryGrpcParts,
): void {
  server.addService(
    {
      GetTrace: methodOf(SERVICE, "GetTrace", true),
      ArchiveTrace: methodOf(SERVICE, "ArchiveTrace", false),
      FindTraces: methodOf(SERVICE, "FindTraces", true),
      GetServices: methodOf(SERVICE, "GetServices", false),
      GetOperations: methodOf(SERVICE, "GetOperations", false),
    },
    {
      GetTrace: streaming((request) =>
        traceMessages(reader, readV2TraceRequest(request), encodeJaegerProtobuf),
      ),
      ArchiveTrace: unary(async (request) => {
        await archiveTrace(archive, readV2TraceRequest(request));
        return NOTHING;
      }),
      FindTraces: streaming((request) =>
        foundMessages(reader, searchOf(request), encodeJaegerProtobuf),
      ),
      GetServices: unary(async () => servicesResponse(await reader.services())),
      GetOperations: unary(async (request) => {
        const question = readOperationsRequest(request);
        return v2OperationsResponse(
          await jaegerOperations(reader, { ...question, unspecified: "" }),
        );
      }),
    },
  );
  addDependenciesCall(server, SERVICE, dependencies);
}

function searchOf(request: Uint8Array): SearchRequest {
  const search = readSearchRequest(request);
  if (search === undefined) throw new ParameterError("missing query");
  return search;
}
