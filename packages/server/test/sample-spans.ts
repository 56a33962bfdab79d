import { NO_ATTRIBUTES, type Span, SpanKind, StatusCode } from "@culprit/trace-model";

/** A valid span; what a test is about it says itself. */
export function sampleSpan(fields: Partial<Span> = {}): Span {
  return {
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    spanId: "00f067aa0ba902b7",
    parentSpanId: "",
    traceState: "",
    flags: 1,
    name: "GET /",
    kind: SpanKind.server,
    startUnixNano: 1_795_000_000_000_000_000n,
    endUnixNano: 1_795_000_000_010_000_000n,
    attributes: new Map([["http.route", "/"]]),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: StatusCode.unset,
    statusMessage: "",
    resource: resourceOf("shop"),
    scope: {
      name: "test",
      version: "",
      attributes: NO_ATTRIBUTES,
      droppedAttributesCount: 0,
      schemaUrl: "",
    },
    ...fields,
  };
}

export function resourceOf(service: string): Span["resource"] {
  return {
    attributes: new Map([["service.name", service]]),
    droppedAttributesCount: 0,
    schemaUrl: "",
  };
}

/** The n-th trace id of a test. */
export function traceIdOf(n: number): string {
  return `a${n.toString(16).padStart(31, "0")}`;
}

export function spanIdOf(n: number): string {
  return `b${n.toString(16).padStart(15, "0")}`;
}
