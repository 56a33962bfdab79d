import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assembleTrace, SpanKind } from "@culprit/trace-model";
import { resource, type SpanSketch, sketched } from "../../trace-model/test/sketched-span.ts";
import { instanceOf, targetOf } from "./target.ts";
import { TopologyCollector } from "./topology-collector.ts";

function collected(...traces: readonly (readonly SpanSketch[])[]): TopologyCollector {
  const collector = new TopologyCollector();
  for (const sketches of traces) collector.add(assembleTrace(sketches.map(sketched)));
  return collector;
}

function call(target: string, callee: string): readonly SpanSketch[] {
  const attributes = { "peer.service": target };
  return [
    { id: "1", start: 0, end: 9, kind: SpanKind.client, attributes },
    { id: "2", parent: "1", start: 1, end: 8, kind: SpanKind.server, service: callee },
  ];
}

describe("targetOf", () => {
  const cases: readonly [Readonly<Record<string, string | bigint>>, string | undefined][] = [
    [{ "peer.service": "cart", "server.address": "10.0.0.1" }, "cart"],
    [{ "server.address": "cart.local", "server.port": 8080n }, "cart.local:8080"],
    [{ "net.peer.name": "cart.local", "net.peer.port": "8080" }, "cart.local:8080"],
    [{ "net.peer.ip": "10.0.0.1" }, "10.0.0.1"],
    [{ "url.full": "https://user:secret@cart.local:8080/items?at=a@b" }, "cart.local:8080"],
    [{ "http.url": "http://cart.local/items" }, "cart.local"],
    [{ "http.url": "/items", "http.host": "cart.local:80" }, "cart.local:80"],
    [{ "url.full": "/items" }, undefined],
    [{}, undefined],
  ];
  for (const [attributes, target] of cases) {
    it(`is ${target} of ${Object.keys(attributes).join(", ") || "nothing"}`, () => {
      assert.equal(targetOf(sketched({ id: "1", start: 0, end: 1, attributes })), target);
    });
  }
});

describe("TopologyCollector", () => {
  it("knows who answers at a target", () => {
    const { topology } = collected(call("a", "cart"), call("b", "stock"), call("a", "cart"));
    assert.deepEqual(
      [...topology.callees],
      [
        ["a", "cart"],
        ["b", "stock"],
      ],
    );
  });

  it("knows nobody where several services answer", () => {
    const { topology } = collected(
      call("proxy", "cart"),
      call("proxy", "stock"),
      call("proxy", "cart"),
    );
    assert.deepEqual([...topology.callees], []);
  });

  it("keeps the earliest start of each instance, whatever the order of traces", () => {
    const instance = resource({ "service.name": "cart", "service.instance.id": "7" });
    const at = (start: number): SpanSketch[] => [
      { id: "1", start, end: start + 5, resource: instance },
      { id: "2", parent: "1", start: start - 2, end: start + 5, resource: instance },
      { id: "3", parent: "1", start, end: start + 5, service: "without an id" },
    ];
    const { topology } = collected(at(50), at(20), at(90));
    const key = instanceOf(sketched({ id: "1", start: 0, end: 1, resource: instance }));
    assert.deepEqual([...topology.firstSeen], [[key, 18n]]);
  });
});
