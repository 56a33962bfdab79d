/** Receives OTLP/JSON in the process of a test: what the exporters really send, nothing in between. */
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

export interface ReceivedSpan {
  readonly service: string;
  readonly scope: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: string;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly status: "UNSET" | "OK" | "ERROR";
  readonly statusMessage: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly eventNames: readonly string[];
}

export interface OtlpJsonReceiver {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** Resolves as soon as what has arrived satisfies the condition; rejects after ten seconds without. */
  waitFor(what: string, condition: (spans: readonly ReceivedSpan[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

interface Value {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values: readonly Value[] };
}
interface KeyValue {
  readonly key: string;
  readonly value: Value;
}
interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly attributes?: readonly KeyValue[];
  readonly events?: readonly { readonly name: string }[];
}
interface Request {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly WireSpan[];
    }[];
  }[];
}

const kinds = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const statuses = ["UNSET", "OK", "ERROR"] as const;

export async function startOtlpJsonReceiver(): Promise<OtlpJsonReceiver> {
  const spans: ReceivedSpan[] = [];
  const arrivals = new EventEmitter();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const text = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
    spans.push(...read(JSON.parse(text.toString("utf8"))));
    response.setHeader("content-type", "application/json");
    response.end("{}");
    arrivals.emit("spans");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    async waitFor(what, condition): Promise<void> {
      const signal = AbortSignal.timeout(10_000);
      while (!condition(spans)) {
        await once(arrivals, "spans", { signal }).catch((cause: unknown) => {
          throw new Error(`${what} did not arrive; ${spans.length} spans did`, { cause });
        });
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function read({ resourceSpans }: Request): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const owner = toRecord(resource.attributes);
    return scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => readSpan(owner, scope.name, span)),
    );
  });
}

function readSpan(resource: Record<string, unknown>, scope: string, span: WireSpan): ReceivedSpan {
  return {
    service: String(resource["service.name"]),
    resource,
    scope,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId === "" ? undefined : span.parentSpanId,
    name: span.name,
    startUnixNano: BigInt(span.startTimeUnixNano),
    endUnixNano: BigInt(span.endTimeUnixNano),
    kind: kinds[span.kind] ?? "UNSPECIFIED",
    status: statuses[span.status?.code ?? 0] ?? "UNSET",
    statusMessage: span.status?.message,
    attributes: toRecord(span.attributes ?? []),
    eventNames: (span.events ?? []).map((event) => event.name),
  };
}

function toRecord(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, toPlain(value)]));
}

function toPlain(value: Value): unknown {
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(toPlain);
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.boolValue ?? value.doubleValue;
}
