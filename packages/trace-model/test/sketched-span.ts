// Spans written down in a line: what a test does not say is empty.

import {
  type AttributeValue,
  NO_ATTRIBUTES,
  type Resource,
  type Scope,
  type Span,
  type SpanEvent,
} from "@culprit/trace-model";

export interface SpanSketch {
  /** Short; padded to 16 digits. */
  readonly id: string;
  readonly parent?: string;
  readonly start: number | bigint;
  readonly end: number | bigint;
  readonly name?: string;
  readonly service?: string;
  readonly kind?: number;
  readonly status?: number;
  readonly message?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly events?: readonly SpanEvent[];
  readonly resource?: Resource;
  /** The scope's name. */
  readonly scope?: string;
}

const SCOPE: Scope = {
  name: "",
  version: "",
  attributes: NO_ATTRIBUTES,
  droppedAttributesCount: 0,
  schemaUrl: "",
};

export function resource(attributes: Readonly<Record<string, AttributeValue>>): Resource {
  return {
    attributes: new Map(Object.entries(attributes)),
    droppedAttributesCount: 0,
    schemaUrl: "",
  };
}

export function spanId(id: string): string {
  return id === "" ? "" : id.padStart(16, "0");
}

export const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

export function sketched(sketch: SpanSketch): Span {
  return {
    traceId: TRACE_ID,
    spanId: spanId(sketch.id),
    parentSpanId: spanId(sketch.parent ?? ""),
    traceState: "",
    flags: 1,
    name: sketch.name ?? sketch.id,
    kind: sketch.kind ?? 1,
    startUnixNano: BigInt(sketch.start),
    endUnixNano: BigInt(sketch.end),
    attributes: new Map(Object.entries(sketch.attributes ?? {})),
    droppedAttributesCount: 0,
    events: sketch.events ?? [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: sketch.status ?? 0,
    statusMessage: sketch.message ?? "",
    resource: sketch.resource ?? resource({ "service.name": sketch.service ?? "service" }),
    scope: sketch.scope === undefined ? SCOPE : { ...SCOPE, name: sketch.scope },
  };
}

export function exceptionEvent(type: string, message: string): SpanEvent {
  return {
    timeUnixNano: 0n,
    name: "exception",
    attributes: new Map([
      ["exception.type", type],
      ["exception.message", message],
    ]),
    droppedAttributesCount: 0,
  };
}
