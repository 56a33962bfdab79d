// Any spans that the model can hold, for laws.

import type { Attributes, AttributeValue, Resource, Scope, Span } from "@culprit/trace-model";
import fc from "fast-check";

const text = fc.oneof(
  fc.constantFrom(
    "",
    "a",
    "service.name",
    "naïve ☕ \u{1f469}\u200d\u{1f680}",
    '\u0000\ufeff\n"\\',
  ),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ maxLength: 8 }),
);
const uint32 = fc.oneof(fc.constantFrom(0, 1, 0x80, 0xffffffff), fc.nat({ max: 0xffffffff }));
const int32 = fc.oneof(fc.nat({ max: 6 }), fc.integer());
const uint64 = fc.oneof(
  fc.constantFrom(0n, 1n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n, 1_795_000_000_000_000_001n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);
const int64 = fc.oneof(
  fc.constantFrom(
    0n,
    -1n,
    2n ** 53n + 1n,
    -(2n ** 53n) - 1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    2n ** 32n,
  ),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const double = fc.oneof(
  fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 5e-324, 2 ** 60, 0.1),
  fc.double(),
);

function id(sizeBytes: number): fc.Arbitrary<string> {
  return fc
    .uint8Array({ minLength: sizeBytes, maxLength: sizeBytes })
    .filter((bytes) => bytes.some((byte) => byte !== 0))
    .map((bytes) => Buffer.from(bytes).toString("hex"));
}

const scalar = fc.oneof(
  { arbitrary: text, weight: 3 },
  fc.boolean(),
  int64,
  double,
  fc.uint8Array({ maxLength: 40 }).map((bytes) => new Uint8Array(bytes)),
  fc.constant(null),
);

const { value } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
  ),
}));

export const attributes: fc.Arbitrary<Attributes> = fc
  .array(fc.tuple(text, value), { maxLength: 6 })
  .map((entries) => new Map(entries));

export const resource: fc.Arbitrary<Resource> = fc.record({
  attributes,
  droppedAttributesCount: uint32,
  schemaUrl: text,
});

export const scope: fc.Arbitrary<Scope> = fc.record({
  name: text,
  version: text,
  attributes,
  droppedAttributesCount: uint32,
  schemaUrl: text,
});

const event = fc.record({
  timeUnixNano: uint64,
  name: text,
  attributes,
  droppedAttributesCount: uint32,
});

const link = fc.record({
  traceId: id(16),
  spanId: id(8),
  traceState: text,
  attributes,
  droppedAttributesCount: uint32,
  flags: uint32,
});

function spanOf(of: fc.Arbitrary<Resource>, from: fc.Arbitrary<Scope>): fc.Arbitrary<Span> {
  return fc.record({
    traceId: id(16),
    spanId: id(8),
    parentSpanId: fc.oneof(fc.constant(""), id(8)),
    traceState: text,
    flags: uint32,
    name: text,
    kind: int32,
    startUnixNano: uint64,
    endUnixNano: uint64,
    attributes,
    droppedAttributesCount: uint32,
    events: fc.array(event, { maxLength: 3 }),
    droppedEventsCount: uint32,
    links: fc.array(link, { maxLength: 3 }),
    droppedLinksCount: uint32,
    statusCode: int32,
    statusMessage: text,
    resource: of,
    scope: from,
  });
}

/** Spans that share a few resources and scopes, as those of one process do. */
export const spans: fc.Arbitrary<readonly Span[]> = fc
  .tuple(
    fc.array(resource, { minLength: 1, maxLength: 3 }),
    fc.array(scope, { minLength: 1, maxLength: 3 }),
  )
  .chain(([resources, scopes]) =>
    fc.array(spanOf(fc.constantFrom(...resources), fc.constantFrom(...scopes)), { maxLength: 6 }),
  );

/** Later times are beyond 2^53 microseconds, which a JSON number does not hold. */
export function before2255(span: Span): Span {
  const sane = (time: bigint) => time % 2n ** 62n;
  return {
    ...span,
    startUnixNano: sane(span.startUnixNano),
    endUnixNano: sane(span.endUnixNano),
    events: span.events.map((event) => ({ ...event, timeUnixNano: sane(event.timeUnixNano) })),
  };
}
