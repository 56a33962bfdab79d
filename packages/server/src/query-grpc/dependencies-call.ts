// GetDependencies, which is the same in v2 and v3.

import type { Dependency, DependencyReader } from "@culprit/store";
import type { Server } from "@grpc/grpc-js";
import { ParameterError } from "../query/parameter-error.ts";
import { methodOf, unary } from "./grpc-answering.ts";
import { readWindowRequest } from "./query-requests.ts";
import { dependenciesResponse } from "./query-responses.ts";

export function addDependenciesCall(
  server: Server,
  service: string,
  dependencies: DependencyReader,
): void {
  server.addService(
    { GetDependencies: methodOf(service, "GetDependencies", false) },
    {
      GetDependencies: unary(async (request) =>
        dependenciesResponse(await dependenciesIn(dependencies, request)),
      ),
    },
  );
}

async function dependenciesIn(
  reader: DependencyReader,
  request: Uint8Array,
): Promise<readonly Dependency[]> {
  const { startUnixNano, endUnixNano } = readWindowRequest(request);
  if (startUnixNano === undefined || endUnixNano === undefined) {
    throw new ParameterError("start_time and end_time are required");
  }
  if (endUnixNano <= startUnixNano) throw new ParameterError("end_time must be after start_time");
  return reader.dependencies({ startMinUnixNano: startUnixNano, startMaxUnixNano: endUnixNano });
}
