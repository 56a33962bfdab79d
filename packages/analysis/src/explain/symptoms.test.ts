import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { columnsOf, type SketchedRow, type SketchedTrace } from "../../test/sketched-columns.ts";
import { explainGroups } from "./explain-groups.ts";

const WINDOWS = {
  baseline: [{ from: "2026-03-01T10:00:00Z", to: "2026-03-01T11:00:00Z" }],
  incident: { from: "2026-03-01T11:00:00Z", to: "2026-03-01T12:00:00Z" },
};

interface Order {
  readonly paymentMs?: number;
  readonly orderMs?: number;
  /** Calls to payment; all but the last fail, or all. */
  readonly attempts?: number;
  readonly fails?: boolean;
  /** Before order takes the request. */
  readonly queueMs?: number;
}

/** frontend calls order, order calls payment. */
function order(n: number, group: 0 | 1, drawn: Order): SketchedTrace {
  const { paymentMs = 20, orderMs = 8, attempts = 1, fails = false, queueMs = 0 } = drawn;
  const jitter = ((n * 7919) % 100) / 100;
  const each = paymentMs + jitter;
  const whole = orderMs + attempts * (each + 2);
  const attempt = (i: number): SketchedRow[] => {
    const errs = fails || i < attempts - 1 ? 1 : 0;
    const start = 2 + queueMs + orderMs / 2 + i * (each + 2);
    return [
      { span: "order POST client", parent: 2, start, length: each + 1, errs },
      { span: "payment charge", parent: 3 + 2 * i, start: start + 0.5, length: each, errs },
    ];
  };
  const errs = fails ? 1 : 0;
  const rows: SketchedRow[] = [
    { span: "frontend checkout", length: queueMs + whole + 5, errs },
    { span: "frontend POST client", parent: 0, start: 1, length: queueMs + whole + 2, errs },
    { span: "order place", parent: 1, start: 2 + queueMs, length: whole, errs },
    ...Array.from({ length: attempts }, (_, i) => attempt(i)).flat(),
  ];
  return { group, rows };
}

function explained(incident: (n: number) => Order, baseline: (n: number) => Order = () => ({})) {
  const traces = Array.from({ length: 100 }, (_, n) =>
    n < 60 ? order(n, 0, baseline(n)) : order(n, 1, incident(n)),
  );
  const columns = columnsOf(traces);
  const attributes = { trace: new Uint32Array(), pair: new Uint32Array(), pairs: [] };
  return explainGroups({ columns, side: columns.group, attributes }, WINDOWS);
}

describe("symptoms of the first suspect", () => {
  test("services above it that got slower only wait for it, with how much", () => {
    const { suspects, summary } = explained(() => ({ paymentMs: 320 }));
    assert.equal(suspects[0]?.service, "payment");
    assert.match(
      summary,
      / frontend \(p50 \+300 ms\) and order \(p50 \+300 ms\) are slower only because they wait for payment\. /,
    );
  });

  test("where a tenth of the requests is slow, the slow end says so", () => {
    const { summary } = explained((n) => (n % 8 === 0 ? { paymentMs: 320 } : {}));
    assert.match(summary, /frontend \(p95 \+299 ms\)/);
  });

  test("a service that is slow itself as well does not only wait", () => {
    const { suspects, summary } = explained(() => ({ paymentMs: 320, orderMs: 160 }));
    assert.deepEqual(
      suspects.map(({ service }) => service),
      ["payment", "order"],
    );
    assert.match(
      summary,
      / frontend \(p50 \+452 ms\) is slower only because it waits for payment\. /,
    );
  });

  test("services that fail with it are named with their shares", () => {
    const { suspects, summary } = explained((n) => ({ fails: n % 2 === 0 }));
    assert.equal(suspects[0]?.kind, "error");
    assert.match(
      summary,
      /frontend \(50 %\) and order \(50 %\) fail only because of it \(shares of the incident's traces\)\./,
    );
    assert.doesNotMatch(summary, /slower|repeated/);
  });

  test("calls that are repeated because it fails are a symptom, and accuse nobody", () => {
    const { suspects, summary } = explained((n) => (n % 2 === 0 ? { attempts: 4 } : {}));
    assert.deepEqual(
      suspects.map(({ service, kind }) => [service, kind]),
      [["payment", "error"]],
    );
    assert.match(
      summary,
      / order calls payment up to 4 times a request \(at most 1 before\): repeated because it fails, a symptom\. /,
    );
  });

  test("calls that were repeated before as well are none", () => {
    const { summary } = explained(
      (n) => (n % 2 === 0 ? { attempts: 3, fails: true } : {}),
      (n) => (n === 7 ? { attempts: 3 } : {}),
    );
    assert.match(summary, /^payment is the first suspect/);
    assert.doesNotMatch(summary, /symptom/);
  });

  test("a longer wait for a service that itself only waits may be a queue", () => {
    const { suspects, summary } = explained(() => ({ paymentMs: 320, queueMs: 200 }));
    assert.deepEqual(
      suspects.map(({ service }) => service),
      ["payment", "order"],
    );
    assert.match(
      summary,
      / The longer wait for order may be a queue, a symptom: its own work is as quick as ever, and it waits for payment, whose own work is slower\. /,
    );
  });

  test("a longer wait for a service below which nobody is slower is none", () => {
    const { suspects, summary } = explained(() => ({ queueMs: 200 }));
    assert.equal(suspects[0]?.service, "order");
    assert.doesNotMatch(summary, /queue/);
  });
});
