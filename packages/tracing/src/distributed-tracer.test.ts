import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type OtlpJsonReceiver, startOtlpJsonReceiver } from "../test/otlp-json-receiver.ts";
import { setupTracing, type Tracing } from "./setup-tracing.ts";

let receiver: OtlpJsonReceiver;
let tracing: Tracing;

before(async () => {
  receiver = await startOtlpJsonReceiver();
  tracing = setupTracing("tracer-test", {
    protocol: "http/json",
    endpoint: receiver.url,
    instrumentations: [],
    flushOnExit: false,
  });
});
after(async () => {
  await tracing.shutdown();
  await receiver.close();
});

async function received(name: string): Promise<OtlpJsonReceiver["spans"]> {
  await tracing.flush();
  return receiver.spans.filter((span) => span.name === name);
}

test("startTrace begins a new trace even inside a span; createChildSpan continues it", async () => {
  const { tracer } = tracing;
  tracer.withSpan("outer", () => {
    const root = tracer.startTrace("root", { first: true });
    tracer.createChildSpan(root, "child").end();
    root.end();
  });
  const [root] = await received("root");
  const [child] = await received("child");
  const [outer] = await received("outer");
  assert.equal(root?.parentSpanId, undefined);
  assert.notEqual(root?.traceId, outer?.traceId);
  assert.equal(child?.parentSpanId, root?.spanId);
  assert.equal(child?.traceId, root?.traceId);
});

test("attributes keep their types", async () => {
  const attributes = { text: "a", yes: true, whole: 42, half: 0.5, list: ["x", "y"], none: "" };
  tracing.tracer.startTrace("typed", attributes).end();
  const [span] = await received("typed");
  assert.deepEqual(span?.attributes, attributes);
});

test("what injectContext writes, extractContext reads, and a child of it joins the trace", async () => {
  const { tracer } = tracing;
  const root = tracer.startTrace("caller");
  const headers: Record<string, string> = {};
  tracer.injectContext(root, headers);
  const { traceId, spanId } = root.spanContext();
  assert.equal(headers.traceparent, `00-${traceId}-${spanId}-01`);

  const context = tracer.extractContext({ ...headers, baggage: "tenant=blue,tier=gold" });
  assert.deepEqual(context, {
    traceId,
    spanId,
    traceFlags: 1,
    baggage: { tenant: "blue", tier: "gold" },
  });
  tracer.createChildSpan(context, "callee").end();
  root.end();
  const [callee] = await received("callee");
  assert.equal(callee?.traceId, traceId);
  assert.equal(callee?.parentSpanId, spanId);
});

test("baggage and tracestate of an extracted context travel on", () => {
  const { tracer } = tracing;
  const headers = {
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    tracestate: "vendor=value",
    baggage: "tenant=blue",
  };
  const context = tracer.extractContext(headers);
  assert.ok(context !== undefined);
  assert.deepEqual(tracer.injectContext(context, {}), headers);
});

for (const [what, carrier] of [
  ["an empty carrier", {}],
  ["a short id", { traceparent: "00-0af7-b7ad6b7169203331-01" }],
  ["ids of zeros", { traceparent: `00-${"0".repeat(32)}-${"0".repeat(16)}-01` }],
] as const) {
  test(`extractContext finds nothing in ${what}`, () => {
    assert.equal(tracing.tracer.extractContext(carrier), undefined);
  });
}

test("currentContext names trace, span and parent inside a span, and nothing outside", () => {
  const { tracer } = tracing;
  assert.equal(tracer.currentContext(), undefined);
  tracer.withSpan("parent", (parent) => {
    tracer.withSpan("inner", (inner) => {
      const context = tracer.currentContext();
      assert.equal(context?.traceId, parent.spanContext().traceId);
      assert.equal(context?.spanId, inner.spanContext().spanId);
      assert.equal(context?.parentSpanId, parent.spanContext().spanId);
    });
  });
});

test("withSpan returns what the work returns, of synchronous and of asynchronous work", async () => {
  const { tracer } = tracing;
  assert.equal(
    tracer.withSpan("sync", () => 7),
    7,
  );
  assert.equal(await tracer.withSpan("async", async () => 8), 8);
  assert.deepEqual(
    [...(await received("sync")), ...(await received("async"))].map((span) => span.status),
    ["UNSET", "UNSET"],
  );
});

test("an error marks every span it passes, but only the innermost records it", async () => {
  const { tracer } = tracing;
  const failure = Object.assign(new Error("no such table"), { code: "42P01" });
  await assert.rejects(
    tracer.withSpan("service", async () => {
      try {
        await tracer.withSpan("query", async () => {
          throw failure;
        });
      } catch (cause) {
        throw new RangeError("cannot save", { cause });
      }
    }),
    /cannot save/,
  );
  const [query] = await received("query");
  const [service] = await received("service");
  assert.deepEqual(
    [query?.status, query?.statusMessage, query?.attributes["error.type"], query?.eventNames],
    ["ERROR", "no such table", "42P01", ["exception"]],
  );
  assert.deepEqual(
    [service?.status, service?.attributes["error.type"], service?.eventNames],
    ["ERROR", "RangeError", []],
  );
});

test("a synchronous throw ends the span, too", async () => {
  assert.throws(
    () =>
      tracing.tracer.withSpan("throws", () => {
        throw new TypeError("wrong");
      }),
    TypeError,
  );
  const [span] = await received("throws");
  assert.equal(span?.attributes["error.type"], "TypeError");
});

class Unnamed extends Error {
  override name = undefined as unknown as string;
}
const silent = Object.defineProperty(new Error(), "message", {
  get() {
    throw new Error("the getter's own");
  },
});
const closed = new Proxy(
  {},
  {
    has() {
      throw new Error("the trap's own");
    },
  },
);

for (const [what, thrown, type, message] of [
  ["an object without a prototype", Object.create(null), "_OTHER", /cannot be read/],
  ["an error whose message throws", silent, "Error", /cannot be read/],
  ["a proxy that throws", closed, "_OTHER", /cannot be read/],
  ["an error without a name", new Unnamed("no name"), "Unnamed", /^no name$/],
  ["a plain object", { code: "E_PLAIN", message: "plain" }, "E_PLAIN", /^plain$/],
  ["a symbol", Symbol("sign"), "_OTHER", /sign/],
] as const) {
  test(`${what} is thrown on as it is, and its span ends`, async () => {
    const { tracer } = tracing;
    const caught = (work: () => unknown): unknown => {
      try {
        return work();
      } catch (error) {
        return error;
      }
    };
    const throwing = (): never => {
      throw thrown;
    };
    assert.ok(caught(() => tracer.withSpan(`sync ${what}`, throwing)) === thrown);
    const rejected = tracer.withSpan(`async ${what}`, async () => throwing());
    const error = await rejected.catch((reason: unknown) => ({ reason }));
    assert.ok((error as { reason: unknown }).reason === thrown);
    const spans = [...(await received(`sync ${what}`)), ...(await received(`async ${what}`))];
    assert.equal(spans.length, 2);
    for (const span of spans) {
      assert.equal(span.status, "ERROR");
      assert.equal(span.attributes["error.type"], type);
      assert.match(span.statusMessage ?? "", message);
    }
    assert.deepEqual(spans[0]?.eventNames, ["exception"]);
  });
}

test("the resource says which service, instance, host and process", async () => {
  tracing.tracer.startTrace("resource").end();
  const [span] = await received("resource");
  assert.equal(span?.resource["service.name"], "tracer-test");
  assert.equal(span?.resource["process.pid"], process.pid);
  for (const key of ["service.version", "service.instance.id", "host.name"]) {
    assert.ok(String(span?.resource[key] ?? "") !== "", key);
  }
});
