// jaeger.api_v3.QueryService: traces come as OTLP, a piece a message.
// https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v3/query_service.proto

import { encodeOtlpProtobuf } from "@culprit/wire";
import type { Server } from "@grpc/grpc-js";
import { jaegerOperations } from "../query/jaeger-operations.ts";
import { ParameterError } from "../query/parameter-error.ts";
import { traceSummaryOf } from "../query/trace-summary.ts";
import { addDependenciesCall } from "./dependencies-call.ts";
import { methodOf, streaming, unary } from "./grpc-answering.ts";
import { found, foundMessages, type QueryGrpcParts, traceMessages } from "./query-calls.ts";
import {
  readOperationsRequest,
  readSearchRequest,
  readV3TraceRequest,
  type SearchRequest,
} from "./query-requests.ts";
import { servicesResponse, summaryResponse, v3OperationsResponse } from "./query-responses.ts";

const SERVICE = "jaeger.api_v3.QueryService";

export function addJaegerV3Service(server: Server, { reader, dependencies }: QueryGrpcParts): void {
  server.addService(
    {
      GetTrace: methodOf(SERVICE, "GetTrace", true),
      FindTraces: methodOf(SERVICE, "FindTraces", true),
      FindTraceSummaries: methodOf(SERVICE, "FindTraceSummaries", true),
      GetServices: methodOf(SERVICE, "GetServices", false),
      GetOperations: methodOf(SERVICE, "GetOperations", false),
    },
    {
      GetTrace: streaming((request) =>
        traceMessages(reader, readV3TraceRequest(request), encodeOtlpProtobuf),
      ),
      FindTraces: streaming((request) =>
        foundMessages(reader, searchOf(request), encodeOtlpProtobuf),
      ),
      FindTraceSummaries: streaming(async function* (request) {
        for await (const { spans } of found(reader, searchOf(request))) {
          yield summaryResponse(traceSummaryOf(spans));
        }
      }),
      GetServices: unary(async () => servicesResponse(await reader.services())),
      GetOperations: unary(async (request) => {
        const question = readOperationsRequest(request);
        return v3OperationsResponse(
          await jaegerOperations(reader, { ...question, unspecified: "internal" }),
        );
      }),
    },
  );
  addDependenciesCall(server, SERVICE, dependencies);
}

function searchOf(request: Uint8Array): SearchRequest {
  const search = readSearchRequest(request);
  if (search?.startMinUnixNano === undefined || search.startMaxUnixNano === undefined) {
    throw new ParameterError("query.start_time_min and query.start_time_max are required");
  }
  return search;
}
