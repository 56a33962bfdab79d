import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ExplainSplit } from "@culprit/api";
import { columnsOf, pairsOf, type SketchedTrace } from "../../test/sketched-columns.ts";
import { randomOf } from "../../test/synthetic-system.ts";
import { attributeDifferences } from "./attribute-differences.ts";
import type { Cohorts } from "./cohorts.ts";
import { explainGroups } from "./explain-groups.ts";
import { splitSides } from "./split.ts";

const SEEDS = 10;
const PRODUCTS = 5;

/** What one order meets; drawn anew for each. */
interface Drawn {
  readonly product: string;
  readonly region: string;
  readonly stockVersion: string;
}

interface Fault {
  readonly slow?: (drawn: Drawn) => boolean;
  readonly fails?: (drawn: Drawn) => boolean;
  /** Share of orders that the new version of stock works on; by group. */
  readonly rollout?: readonly [number, number];
}

/** A shop whose other services have long been on version 2.0; everybody has hosts, requests have ids. */
function orders(seed: number, { slow, fails, rollout = [0, 0] }: Fault): SketchedTrace[] {
  const random = randomOf(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  return Array.from({ length: 600 }, (_, n): SketchedTrace => {
    const group = n < 300 ? 0 : 1;
    const drawn = {
      product: `p${below(PRODUCTS)}`,
      region: `region-${below(3)}`,
      stockVersion: random() < rollout[group] ? "2.0" : "1.9",
    };
    const stockMs = 20 * Math.exp(0.3 * (random() - 0.5)) + (slow?.(drawn) === true ? 200 : 0);
    // Failures of every day.
    const errs = fails?.(drawn) === true || random() < 0.02 ? 1 : 0;
    const resource = (service: string, version: string) => ({
      "service.name": service,
      "service.version": version,
      "cloud.region": drawn.region,
      "host.name": `${service}-${below(3)}`,
      "container.id": `${service}-${version}`,
    });
    const status = { "http.response.status_code": errs === 1 ? "500" : "200" };
    const [shop, stock] = [resource("shop", "2.0"), resource("stock", drawn.stockVersion)];
    const rows = [
      {
        span: "shop order",
        length: stockMs + 10,
        resource: shop,
        attributes: { ...status, "request.id": `r${n}` },
      },
      {
        span: "shop GET client",
        parent: 0,
        start: 1,
        length: stockMs + 4,
        resource: shop,
        attributes: { "server.port": drawn.stockVersion === "2.0" ? "45009" : "42603" },
      },
      {
        span: "stock take",
        parent: 1,
        start: 2,
        length: stockMs,
        resource: stock,
        attributes: {
          ...status,
          "app.product.id": drawn.product,
          ...(errs === 1 ? { "error.type": "OutOfShelf" } : undefined),
        },
      },
    ];
    return { group, rows: rows.map((row) => ({ ...row, errs })) };
  });
}

function cohortsOf(traces: readonly SketchedTrace[], split?: ExplainSplit): Cohorts {
  const columns = columnsOf(traces);
  const side = split === undefined ? columns.group : splitSides(columns, split);
  return { columns, side, attributes: pairsOf(traces) };
}

/** "key=value" or "key of service=value" of the first, once for each seed. */
function firsts(fault: Fault, split?: ExplainSplit): string[] {
  return Array.from({ length: SEEDS }, (_, seed) => {
    const [first] = attributeDifferences(cohortsOf(orders(seed, fault), split));
    if (first === undefined) return "none";
    const { key, value, service } = first;
    return service === null ? `${key}=${value}` : `${key} of ${service}=${value}`;
  });
}

const everySeed = (name: string): string[] => Array(SEEDS).fill(name);
const slow = { by: "slow", quantile: 0.95 } as const;

describe("the attribute that tells slow or failing traces from the others comes first", () => {
  test("the slow version of one service, though the others have that version, too", () => {
    const fault: Fault = {
      slow: ({ stockVersion }) => stockVersion === "2.0",
      rollout: [0.1, 0.1],
    };
    assert.deepEqual(firsts(fault, slow), everySeed("service.version of stock=2.0"));
  });

  test("one slow region", () => {
    const fault: Fault = { slow: ({ region }) => region === "region-1" };
    assert.deepEqual(firsts(fault, { ...slow, quantile: 0.8 }), everySeed("cloud.region=region-1"));
  });

  test("one slow product of five, before ids and consequences", () => {
    const fault: Fault = { slow: ({ product }) => product === "p3" };
    assert.deepEqual(firsts(fault, { ...slow, quantile: 0.9 }), everySeed("app.product.id=p3"));
  });

  test("one failing product, before the status codes and types of its failures", () => {
    const fault: Fault = { fails: ({ product }) => product === "p3" };
    assert.deepEqual(firsts(fault, { by: "errors" }), everySeed("app.product.id=p3"));
    const cohorts = cohortsOf(orders(1, fault), { by: "errors" });
    const keys = attributeDifferences(cohorts).map(({ key }) => key);
    assert.deepEqual(keys.slice(-3).sort(), [
      "error.type",
      "http.response.status_code",
      "http.response.status_code",
    ]);
    assert.ok(!keys.includes("request.id"));
  });

  test("a version that was rolled out between two windows, before its containers and ports", () => {
    assert.deepEqual(firsts({ rollout: [0, 1] }), everySeed("service.version of stock=2.0"));
  });
});

test("traces with the attribute against those without: the service that is slow with it is named", () => {
  const fault: Fault = { slow: ({ product }) => product === "p3" };
  const traces = orders(4, fault);
  const { columns, attributes } = cohortsOf(traces);
  const marked = Uint8Array.from(
    traces.flatMap(({ rows }) =>
      rows.map((row) => (row.attributes?.["app.product.id"] === "p3" ? 1 : 0)),
    ),
  );
  const side = splitSides(
    { ...columns, marked },
    { by: "attribute", key: "app.product.id", value: "p3" },
  );
  const window = { from: "2026-03-01T11:00:00Z", to: "2026-03-01T12:00:00Z" };
  const windows = { baseline: [window], incident: window };
  const found = explainGroups({ columns, side, attributes }, windows);
  assert.deepEqual(
    found.suspects.map(({ service, operation }) => [service, operation]),
    [["stock", "take"]],
  );
  const [first] = found.attributes;
  assert.deepEqual([first?.value, first?.incidentShare, first?.baselineShare], ["p3", 1, 0]);
});

test("groups of the same kind: no attribute tells them apart", () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    assert.deepEqual(attributeDifferences(cohortsOf(orders(seed, {}))), []);
  }
});
