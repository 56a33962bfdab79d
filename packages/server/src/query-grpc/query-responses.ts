// Answers of Jaeger's query services that hold no spans: field numbers as in query-requests.ts.

import type { Dependency } from "@culprit/store";
import { ProtobufWriter } from "@culprit/wire";
import type { JaegerOperation } from "../query/jaeger-operations.ts";
import type { ServiceSummary, TraceSummary } from "../query/trace-summary.ts";

export function servicesResponse(services: readonly string[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const service of services) writer.text(0x0a, service);
  return writer.finish();
}

export function v3OperationsResponse(operations: readonly JaegerOperation[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const operation of operations) writeOperation(writer, 0x0a, operation);
  return writer.finish();
}

/** Names alone are what clients read before there were kinds. */
export function v2OperationsResponse(operations: readonly JaegerOperation[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const name of new Set(operations.map((operation) => operation.name))) {
    writer.text(0x0a, name);
  }
  for (const operation of operations) writeOperation(writer, 0x12, operation);
  return writer.finish();
}

function writeOperation(
  writer: ProtobufWriter,
  tag: number,
  { name, spanKind }: JaegerOperation,
): void {
  writer.message(tag, () => {
    writer.textField(0x0a, name);
    writer.textField(0x12, spanKind);
  });
}

export function dependenciesResponse(dependencies: readonly Dependency[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const { parent, child, callCount } of dependencies) {
    writer.message(0x0a, () => {
      writer.textField(0x0a, parent);
      writer.textField(0x12, child);
      writer.numberField(0x18, callCount);
    });
  }
  return writer.finish();
}

/** A FindTraceSummariesResponse with one of them. */
export function summaryResponse(summary: TraceSummary): Uint8Array {
  const writer = new ProtobufWriter();
  writer.message(0x0a, () => {
    writer.textField(0x0a, summary.traceId);
    writer.textField(0x12, summary.rootServiceName);
    writer.textField(0x1a, summary.rootOperationName);
    writer.varint(0x21);
    writer.fixed64(summary.minStartUnixNano);
    writer.varint(0x29);
    writer.fixed64(summary.maxEndUnixNano);
    writer.numberField(0x30, summary.spanCount);
    writer.numberField(0x38, summary.errorSpanCount);
    writer.numberField(0x40, summary.orphanSpanCount);
    for (const service of summary.services) writeService(writer, service);
  });
  return writer.finish();
}

function writeService(writer: ProtobufWriter, service: ServiceSummary): void {
  writer.message(0x4a, () => {
    writer.textField(0x0a, service.name);
    writer.numberField(0x10, service.spanCount);
    writer.numberField(0x18, service.errorSpanCount);
  });
}
