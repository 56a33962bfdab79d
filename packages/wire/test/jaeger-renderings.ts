// The JSON renderings of Jaeger's messages among the shared fixtures, as batches: Thrift's by the names of its fields,
// protobuf's as its JSON mapping writes it.

import { parseExactJson, textOfUtf8 } from "../src/exact-json.ts";
import { type Batch, type BatchSpan, batchSpan, NO_PARENT, type Tags } from "./jaeger-batch.ts";
import { fixtureBytes } from "./shared-fixtures.ts";

type Json = { readonly [key: string]: unknown };

const list = (value: unknown): readonly Json[] => (value ?? []) as readonly Json[];
const integer = (value: unknown): bigint => BigInt((value ?? 0) as number);

function read(path: string): Json {
  return parseExactJson(textOfUtf8(fixtureBytes(path))) as Json;
}

export function thriftRendering(path: string): Batch {
  const { process, spans } = read(path) as { process: Json; spans: unknown };
  return {
    process: { serviceName: String(process["serviceName"]), tags: tagsOf(process["tags"]) },
    spans: list(spans).map((span) =>
      batchSpan({
        traceId: hexOf(span["traceIdHigh"]) + hexOf(span["traceIdLow"]),
        spanId: hexOf(span["spanId"]),
        parentSpanId: hexOf(span["parentSpanId"]),
        name: String(span["operationName"]),
        flags: Number(span["flags"] ?? 0),
        startMicros: integer(span["startTime"]),
        durationMicros: integer(span["duration"]),
        tags: tagsOf(span["tags"]),
        logs: list(span["logs"]).map((log) => ({
          micros: integer(log["timestamp"]),
          fields: tagsOf(log["fields"]),
        })),
      }),
    ),
  };
}

/** Every span has its process with it; the batch has none. */
export function protobufRendering(path: string): Batch & {
  readonly processOf: (span: BatchSpan) => Batch["process"] | undefined;
} {
  const processes = new Map<BatchSpan, Batch["process"]>();
  const spans = list(read(path)["spans"]).map((span) => {
    const own = span["process"] as Json;
    const made = batchSpan({
      traceId: hexOfBase64(span["traceId"]),
      spanId: hexOfBase64(span["spanId"]),
      parentSpanId: NO_PARENT,
      name: String(span["operationName"]),
      references: list(span["references"]).map((reference) => ({
        refType: reference["refType"] === "FOLLOWS_FROM" ? "FOLLOWS_FROM" : "CHILD_OF",
        traceId: hexOfBase64(reference["traceId"]),
        spanId: hexOfBase64(reference["spanId"]),
      })),
      flags: Number(span["flags"] ?? 0),
      startMicros: microsOfTime(span["startTime"]),
      durationMicros: BigInt(String(span["duration"]).replace("ns", "")) / 1000n,
      tags: tagsOf(span["tags"]),
      logs: list(span["logs"]).map((log) => ({
        micros: microsOfTime(log["timestamp"]),
        fields: tagsOf(log["fields"]),
      })),
    });
    processes.set(made, {
      serviceName: String(own["serviceName"]),
      tags: tagsOf(own["tags"]),
    });
    return made;
  });
  return {
    process: { serviceName: "", tags: [] },
    spans,
    processOf: (span) => processes.get(span),
  };
}

function tagsOf(tags: unknown): Tags {
  return list(tags).map((tag) => {
    const key = String(tag["key"]);
    switch (tag["vType"]) {
      case "LONG":
        return [key, integer(tag["vLong"])];
      case "INT64":
        return [key, integer(tag["vInt64"])];
      case "DOUBLE":
        return [key, Number(tag["vDouble"])];
      case "FLOAT64":
        return [key, Number(tag["vFloat64"])];
      case "BOOL":
        return [key, tag["vBool"] === true];
      default:
        return [key, String(tag["vStr"])];
    }
  });
}

function hexOf(value: unknown): string {
  return BigInt.asUintN(64, integer(value)).toString(16).padStart(16, "0");
}

function hexOfBase64(value: unknown): string {
  return Buffer.from(String(value), "base64").toString("hex");
}

function microsOfTime(value: unknown): bigint {
  const [, fraction = "0"] = /\.(\d+)/.exec(String(value)) ?? [];
  const seconds = BigInt(Math.floor(Date.parse(String(value)) / 1000));
  return seconds * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
}
