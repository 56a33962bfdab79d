// Services and operations as small numbers, so that tables over them are arrays.

import { int32Column } from "./columns.ts";
import { type Span, serviceName } from "./span.ts";
import type { TraceOperation } from "./trace.ts";

export interface Names {
  readonly services: readonly string[];
  readonly operations: readonly TraceOperation[];
  readonly service: Int32Array;
  readonly operation: Int32Array;
}

/** Numbers services and operations in the order of rows. */
export function namesOf(spans: readonly Span[]): Names {
  const services: string[] = [];
  const operations: TraceOperation[] = [];
  const service = int32Column(spans.length);
  const operation = int32Column(spans.length);
  const ofResource = new Map<Span["resource"], number>();
  const ofName = new Map<string, number>();
  const operationsOf: Map<string, number>[] = [];
  for (let row = 0; row < spans.length; row++) {
    const { resource, name } = spans[row] as Span;
    let serviceIndex = ofResource.get(resource);
    if (serviceIndex === undefined) {
      const text = serviceName(resource);
      serviceIndex = ofName.get(text) ?? services.length;
      if (serviceIndex === services.length) {
        services.push(text);
        operationsOf.push(new Map());
        ofName.set(text, serviceIndex);
      }
      ofResource.set(resource, serviceIndex);
    }
    const known = operationsOf[serviceIndex] as Map<string, number>;
    let operationIndex = known.get(name);
    if (operationIndex === undefined) {
      operationIndex = operations.length;
      operations.push({ service: serviceIndex, name });
      known.set(name, operationIndex);
    }
    service[row] = serviceIndex;
    operation[row] = operationIndex;
  }
  return { services, operations, service, operation };
}
