// A service's operations as Jaeger lists them.

import type { Operation, TraceReader } from "@culprit/store";

export interface JaegerOperation {
  readonly name: string;
  readonly spanKind: string;
}

export interface OperationsQuestion {
  /** Of an empty one there are no operations. */
  readonly service: string;
  /** "" for all. */
  readonly spanKind: string;
  /** What a span without a kind is called. */
  readonly unspecified: "" | "internal";
}

/** Each once. */
export async function jaegerOperations(
  reader: TraceReader,
  { service, spanKind, unspecified }: OperationsQuestion,
): Promise<JaegerOperation[]> {
  if (service === "") return [];
  const operations = new Map<string, JaegerOperation>();
  for (const operation of await reader.operations({ service })) {
    const kind = kindOf(operation);
    if (spanKind !== "" && kind !== spanKind) continue;
    const shown = { name: operation.name, spanKind: kind === "" ? unspecified : kind };
    operations.set(`${shown.spanKind} ${shown.name}`, shown);
  }
  return [...operations.values()];
}

const KIND_NAMES = ["", "internal", "server", "client", "producer", "consumer"];

function kindOf({ kind }: Operation): string {
  return KIND_NAMES[kind] ?? "";
}
