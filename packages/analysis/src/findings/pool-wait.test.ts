import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  CLIENT,
  found,
  type MillisecondSketch,
  SERVER,
  webRoot,
} from "../../test/found-findings.ts";

const database = { "db.system.name": "postgresql" };

function acquire(took: number, name = "pg-pool.connect"): MillisecondSketch {
  return {
    id: "2",
    parent: "1",
    start: 10,
    end: 10 + took,
    kind: CLIENT,
    service: "web",
    name,
    attributes: database,
  };
}

function call(before: number, after: number): MillisecondSketch[] {
  const attributes = { "http.request.method": "GET", "peer.service": "stock" };
  return [
    {
      id: "2",
      parent: "1",
      start: 10,
      end: 210,
      kind: CLIENT,
      service: "web",
      name: "GET",
      attributes,
    },
    {
      id: "3",
      parent: "2",
      start: 10 + before,
      end: 210 - after,
      kind: SERVER,
      service: "stock",
      name: "GET /",
    },
  ];
}

describe("pool-wait", () => {
  it("is a connection that took more than 50 ms and a fifth of the span that needed it", () => {
    const [finding] = found("pool-wait", [webRoot(250), acquire(60)]);
    assert.equal(
      finding?.evidence,
      "web / pg-pool.connect waited 60.0 ms for a connection (24 % of the span that needed it).",
    );
    assert.equal(finding?.savingNanos, 60e6);
    assert.equal(finding?.dragNanos, 60e6);
    assert.match(finding?.recommendation ?? "", /web \/ pg-pool\.connect/);
    assert.deepEqual(found("pool-wait", [webRoot(250), acquire(50)]), []);
    assert.deepEqual(found("pool-wait", [webRoot(300), acquire(60)]), []);
  });

  it("knows the connections of Go's HTTP client, less what it takes to make one", () => {
    const within = (id: string, name: string, start: number, end: number, parent: string) => ({
      id,
      parent,
      start,
      end,
      service: "web",
      name,
    });
    const waits = (end: number) =>
      found("pool-wait", [
        webRoot(250),
        ...call(end + 1, 9),
        within("4", "http.getconn", 10, 10 + end, "2"),
        within("5", "http.connect", 10, 20, "4"),
      ]).map(({ operation, savingNanos }) => [operation, savingNanos]);
    assert.deepEqual(waits(100), [["http.getconn", 90e6]]);
    assert.deepEqual(waits(50), []);
  });

  it("is the innermost span that acquires, without the making of a new connection", () => {
    const around = {
      id: "5",
      parent: "1",
      start: 5,
      end: 80,
      service: "web",
      name: "database_connection",
    };
    const inner = { ...acquire(65), parent: "5" };
    assert.deepEqual(
      found("pool-wait", [webRoot(100), around, inner]).map(({ operation }) => operation),
      ["pg-pool.connect"],
    );
    const made = { ...acquire(60, "pg.connect"), id: "6", parent: "2" };
    assert.deepEqual(found("pool-wait", [webRoot(100), around, inner, made]), []);
  });

  it("is the part of a call before its server begins, beyond the network's share", () => {
    const [finding] = found("pool-wait", [webRoot(250), ...call(80, 20)]);
    assert.equal(
      finding?.evidence,
      "web / GET waited 60.0 ms (30 % of it) before stock / GET / began.",
    );
    assert.deepEqual(found("pool-wait", [webRoot(250), ...call(80, 30)]), []);
    assert.deepEqual(found("pool-wait", [webRoot(250), ...call(90, 90)]), []);
  });

  it("is not the network's connecting, alone or in a call", () => {
    const tcp = { ...acquire(90, "tcp.connect"), kind: 1, attributes: {} };
    assert.deepEqual(found("pool-wait", [webRoot(100), tcp]), []);
    const within = { ...tcp, id: "4", parent: "2", start: 11, end: 31 };
    assert.deepEqual(found("pool-wait", [webRoot(250), ...call(80, 20), within]), []);
  });

  it("is neither a query, nor a route that is called connect, nor a span that does more", () => {
    const query = {
      ...acquire(90),
      attributes: { ...database, "db.query.text": "SELECT connect" },
    };
    assert.deepEqual(found("pool-wait", [webRoot(100), query]), []);
    const attributes = { "http.request.method": "POST", "url.path": "/connect" };
    const route = { ...acquire(90, "POST /connect"), attributes };
    assert.deepEqual(found("pool-wait", [webRoot(100), route]), []);
  });

  it("is not a connection's whole life", () => {
    const life = { id: "2", parent: "1", start: 0, end: 90, service: "web", name: "connection" };
    const work = { id: "3", parent: "2", start: 5, end: 85, service: "web", name: "handle" };
    assert.deepEqual(found("pool-wait", [webRoot(100), life, work]), []);
    const attributes = { ...database, "db.query.text": "SELECT 1" };
    const query = { ...acquire(5, "pg.query"), id: "3", parent: "2", attributes };
    assert.deepEqual(found("pool-wait", [webRoot(100), life, query]), []);
  });

  it("takes its thresholds from the options", () => {
    const thresholds = { poolWaitNanos: 40e6, poolWaitShare: 0.1 };
    assert.equal(found("pool-wait", [webRoot(300), acquire(50)], { thresholds }).length, 1);
  });
});
