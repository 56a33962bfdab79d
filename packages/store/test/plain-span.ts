import { NO_ATTRIBUTES, type Resource, type Span } from "@culprit/trace-model";

const SCOPE = {
  name: "test",
  version: "1.0",
  attributes: NO_ATTRIBUTES,
  droppedAttributesCount: 0,
  schemaUrl: "",
};

export function resourceOf(service: string, more: Record<string, string> = {}): Resource {
  return {
    attributes: new Map(Object.entries({ "service.name": service, ...more })),
    droppedAttributesCount: 0,
    schemaUrl: "",
  };
}

let serial = 0;

/** An ordinary span of 1 ms in a trace of its own; `fields` say what is not ordinary. */
export function plainSpan(fields: Partial<Span> = {}): Span {
  serial++;
  const startUnixNano = fields.startUnixNano ?? 1_795_000_000_000_000_000n + BigInt(serial);
  return {
    traceId: serial.toString(16).padStart(32, "a"),
    spanId: serial.toString(16).padStart(16, "b"),
    parentSpanId: "",
    traceState: "",
    flags: 1,
    name: "work",
    kind: 1,
    startUnixNano,
    endUnixNano: startUnixNano + 1_000_000n,
    attributes: NO_ATTRIBUTES,
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: 0,
    statusMessage: "",
    resource: resourceOf("shop"),
    scope: SCOPE,
    ...fields,
  };
}
