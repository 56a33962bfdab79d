// Any batch that Jaeger's clients can send, for laws.

import fc from "fast-check";
import type { Batch, BatchSpan, Tags, TagValue } from "./jaeger-batch.ts";
import { NO_PARENT } from "./jaeger-batch.ts";

const text = fc.oneof(
  fc.constantFrom("", "a", "naïve ☕ \u{1f469}\u200d\u{1f680}", '\ufeff\n"\\', "true", "server"),
  fc.string({ unit: "binary", maxLength: 60 }),
);

const value: fc.Arbitrary<TagValue> = fc.oneof(
  { arbitrary: text, weight: 3 },
  fc.boolean(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double(),
  fc.constantFrom(-0, Number.NaN, Infinity, 0.1),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => new Uint8Array(bytes)),
);

/** Tags that mean more than themselves, with values that fit and that do not. */
const meantTag: fc.Arbitrary<Tags[number]> = fc.oneof(
  fc.tuple(
    fc.constant("span.kind"),
    fc.oneof(fc.constantFrom("server", "CLIENT", "unspecified", "sideways", "producer"), value),
  ),
  fc.tuple(
    fc.constant("otel.status_code"),
    fc.oneof(fc.constantFrom("ERROR", "ok", "UNSET", "?"), value),
  ),
  fc.tuple(fc.constant("error"), fc.oneof(fc.constantFrom(true, false, "true", "false"), value)),
  fc.tuple(
    fc.constantFrom(
      "otel.status_description",
      "w3c.tracestate",
      "otel.scope.name",
      "otel.scope.version",
      "otel.library.name",
      "otel.library.version",
      "service.name",
      "event",
    ),
    fc.oneof(text, value),
  ),
);

const tags: fc.Arbitrary<Tags> = fc.array(
  fc.oneof({ arbitrary: fc.tuple(text, value), weight: 2 }, meantTag),
  { maxLength: 8 },
);

/** Up to the end of a uint64 of nanoseconds. */
const micros = fc.oneof(
  fc.constantFrom(0n, 1n, 1_795_000_000_000_001n, 2n ** 64n / 1000n),
  fc.bigInt({ min: 0n, max: 2n ** 64n / 1000n }),
);

const TRACE_IDS = [
  "0000000000000000000000000000abcd",
  "8000000000000000ffffffffffffffff",
  "5eed0a11000000000000000000000001",
];
const traceId = fc.constantFrom(...TRACE_IDS);
const spanId = fc.constantFrom("0000000000000001", "ffffffffffffffff", "00000000deadbeef");

const span: fc.Arbitrary<BatchSpan> = fc.record({
  traceId: fc.oneof({ arbitrary: traceId, weight: 9 }, fc.constant("0".repeat(32))),
  spanId: fc.oneof({ arbitrary: spanId, weight: 9 }, fc.constant("0".repeat(16))),
  parentSpanId: fc.oneof(fc.constant(NO_PARENT), spanId),
  name: text,
  references: fc.array(
    fc.record({
      refType: fc.constantFrom("CHILD_OF" as const, "FOLLOWS_FROM" as const),
      traceId: fc.oneof(traceId, fc.constant("0".repeat(32))),
      spanId: fc.oneof({ arbitrary: spanId, weight: 5 }, fc.constant("0".repeat(16))),
    }),
    { maxLength: 4 },
  ),
  flags: fc.oneof(fc.constantFrom(0, 1, 3, 0xffffffff), fc.nat({ max: 0xffffffff })),
  startMicros: micros,
  durationMicros: micros,
  tags,
  logs: fc.array(fc.record({ micros, fields: tags }), { maxLength: 3 }),
});

export const batches: fc.Arbitrary<Batch> = fc.record({
  process: fc.record({ serviceName: text, tags }),
  spans: fc.array(span, { maxLength: 5 }),
});
