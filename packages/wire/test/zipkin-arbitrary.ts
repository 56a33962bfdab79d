// Any spans that every encoding of Zipkin can say, version 1 too, for laws.

import fc from "fast-check";
import type { ZipkinEndpoint, ZipkinSpan } from "../src/index.ts";

const text = fc.oneof(
  fc.constantFrom("", "a", "naïve ☕ \u{1f469}\u200d\u{1f680}", '\u0000\ufeff\n"\\/', "true"),
  fc.string({ unit: "binary", maxLength: 100 }),
);

function hexId(digits: number): fc.Arbitrary<string> {
  return fc
    .uint8Array({ minLength: digits / 2, maxLength: digits / 2 })
    .filter((bytes) => bytes.some((byte) => byte !== 0))
    .map((bytes) => Buffer.from(bytes).toString("hex"));
}

const address = fc.oneof(
  fc.constant({}),
  fc
    .ipV4()
    .filter((ipv4) => ipv4 !== "0.0.0.0")
    .map((ipv4) => ({ ipv4 })),
  fc
    .constantFrom("::1", "2001:db8::c001", "1:2:3:4:5:6:7:8", "fe80::1:0:0:1")
    .map((ipv6) => ({ ipv6 })),
);
const port = fc.oneof(
  fc.constant({}),
  fc.integer({ min: 1, max: 65_535 }).map((number) => ({ port: number })),
);

/** With a name that starts so: the two sides of a call have different ones. */
function endpoint(prefix: string): fc.Arbitrary<ZipkinEndpoint> {
  return fc
    .tuple(text, address, port)
    .map(([name, host, at]) => ({ serviceName: `${prefix}${name}`, ...host, ...at }));
}

const tag = fc.oneof(
  { arbitrary: fc.tuple(text, text), weight: 3 },
  fc.tuple(
    fc.constantFrom("error", "span.kind", "otel.status_code", "otel.status_description"),
    fc.constantFrom("", "true", "false", "no funds", "client", "INTERNAL", "OK", "error", "UNSET"),
  ),
  fc.tuple(
    fc.constantFrom("w3c.tracestate", "otel.scope.name", "otel.library.name", "otel.scope.version"),
    text,
  ),
  // Which an endpoint has, too.
  fc.tuple(fc.constantFrom("server.address", "peer.service", "zipkin.shared"), text),
);

/** Zipkin's names of core annotations mean more than themselves in version 1. */
const CORES = ["cs", "cr", "ss", "sr", "ms", "mr", "ws", "wr"];
const micros = fc.oneof(
  fc.constantFrom(1, 1_795_000_000_000_001, 2 ** 53 - 1),
  fc.integer({ min: 1, max: 2 ** 53 - 1 }),
);
const annotation = fc.record({
  timestamp: micros,
  value: text.filter((value) => !CORES.includes(value)),
});
/** So that an end is a number, too. */
const start = fc.oneof(fc.constant(1_795_000_000_000_001), fc.integer({ min: 1, max: 2 ** 52 }));
/** Version 1 tells where a span starts by its start, and a span without one has no kind there. */
const times = fc.oneof(
  fc.constant({}),
  fc.record({ timestamp: start }),
  fc.record({ timestamp: start, duration: fc.integer({ min: 1, max: 2 ** 45 }) }),
);

const kind = fc.constantFrom("CLIENT", "SERVER", "PRODUCER", "CONSUMER");

const span: fc.Arbitrary<ZipkinSpan> = fc
  .record(
    {
      traceId: hexId(32),
      id: hexId(16),
      parentId: hexId(16),
      name: text,
      debug: fc.constant(true as const),
      localEndpoint: endpoint("a"),
      remoteEndpoint: endpoint("b"),
      annotations: fc.array(annotation, { maxLength: 3 }),
      tags: fc.array(tag, { maxLength: 6 }).map((tags) => Object.fromEntries(tags)),
    },
    { requiredKeys: ["traceId", "id", "localEndpoint"] },
  )
  .chain((fields) =>
    fc.tuple(times, fc.option(kind), fc.boolean()).map(([when, which, isShared]) => ({
      ...fields,
      ...when,
      ...(which === null || !("timestamp" in when) ? {} : { kind: which }),
      ...(isShared && which === "SERVER" && "timestamp" in when ? { shared: true as const } : {}),
    })),
  );

export const zipkinSpans: fc.Arbitrary<readonly ZipkinSpan[]> = fc.array(span, { maxLength: 5 });
