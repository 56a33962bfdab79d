import assert from "node:assert/strict";
import { test } from "node:test";
import type { Explanation } from "@culprit/api";
import { columnsOf, type SketchedTrace } from "../../test/sketched-columns.ts";
import { explainGroups } from "./explain-groups.ts";

const WINDOWS = {
  baseline: [{ from: "2026-03-01T10:00:00Z", to: "2026-03-01T11:00:00Z" }],
  incident: { from: "2026-03-01T11:00:00Z", to: "2026-03-01T12:00:00Z" },
};

function explained(baseline: readonly SketchedTrace[], incident: readonly SketchedTrace[]) {
  const columns = columnsOf([...baseline, ...incident]);
  const attributes = { trace: new Uint32Array(), pair: new Uint32Array(), pairs: [] };
  return explainGroups({ columns, side: columns.group, attributes }, WINDOWS);
}

const many = (count: number, trace: (n: number) => SketchedTrace): SketchedTrace[] =>
  Array.from({ length: count }, (_, n) => trace(n));

/** front calls order, order calls stock; of them the first `depth` spans. */
function checkout(
  group: 0 | 1,
  n: number,
  { stockMs = 20, depth = 5, root = "checkout" } = {},
): SketchedTrace {
  const jitter = ((n * 7919) % 100) / 100;
  const rows = [
    { span: `front ${root}`, length: stockMs + 30 + jitter },
    { span: "front POST client", parent: 0, start: 1, length: stockMs + 20 },
    { span: "order place", parent: 1, start: 2, length: stockMs + 18 },
    { span: "order GET client", parent: 2, start: 3, length: stockMs + 4 },
    { span: "stock get", parent: 3, start: 4, length: stockMs + jitter },
  ];
  return { group, rows: rows.slice(0, depth) };
}

const accused = ({ suspects }: Explanation): string[] =>
  suspects.map(({ service, kind }) => `${service} ${kind}`);
const healthy = many(50, (n) => checkout(0, n));

test("an incident that is faster: nothing got slower, with both medians", () => {
  const slow = many(50, (n) => checkout(0, n, { stockMs: 200 }));
  const { suspects, summary } = explained(
    slow,
    many(50, (n) => checkout(1, n)),
  );
  assert.deepEqual(suspects, []);
  assert.equal(
    summary,
    "Nothing got slower, failed more often or went missing beyond chance. Compared: 50 traces of the incident (median 50.5 ms) against 50 traces of the baseline (median 230 ms).",
  );
});

test("all traces the same, or one a side: nothing stands out, and a shift of all is seen", () => {
  const same = (group: 0 | 1, stockMs = 20) => many(50, () => checkout(group, 1, { stockMs }));
  assert.match(explained(same(0), same(1)).summary, /^Nothing got slower/);
  assert.deepEqual(accused(explained(same(0), same(1, 50))), ["stock latency"]);
  const { summary } = explained([checkout(0, 1)], [checkout(1, 1)]);
  assert.match(summary, /^Nothing got slower.* 1 trace of the incident .*The answer is weak/);
});

test("a service that no longer answers is accused, one that nobody calls any more is its caller's", () => {
  const silent = explained(
    healthy,
    many(50, (n) => checkout(1, n, { depth: 4 })),
  );
  assert.deepEqual(accused(silent), ["stock missing"]);
  assert.match(silent.summary, /stock no longer answers calls of get .*: 50 and 0 calls/);
  const uncalled = explained(
    healthy,
    many(50, (n) => checkout(1, n, { depth: 3 })),
  );
  assert.deepEqual(accused(uncalled), ["order missing"]);
  assert.match(uncalled.summary, /order no longer makes calls of GET/);
});

test("a service that the baseline does not have is new, and whoever calls it began that", () => {
  const without = many(50, (n) => checkout(0, n, { depth: 3 }));
  const found = explained(
    without,
    many(50, (n) => checkout(1, n)),
  );
  assert.equal(accused(found)[0], "order new");
  assert.equal(found.suspects[0]?.baseline.count, 0);
});

test("calls that nobody made before accuse whoever makes them, not what serves them in another way", () => {
  const trace = (group: 0 | 1, n: number, reads: number): SketchedTrace => {
    const rows: SketchedTrace["rows"][number][] = [
      { span: "front checkout", length: 60 + 10 * reads + (n % 7) / 10 },
      { span: "front POST client", parent: 0, start: 1, length: 50 },
      { span: "order place", parent: 1, start: 2, length: 48 },
      { span: "order handler", parent: 2, start: 3, length: 46 },
      { span: "order write", parent: 3, start: 4, length: 44 },
    ];
    for (let i = 0; i < reads; i++) {
      const start = 52 + 10 * i;
      const first = rows.length;
      rows.push(
        { span: "front GET client", parent: 0, start, length: 9 },
        { span: "order list", parent: first, start: start + 1, length: 7 },
        { span: "order handler", parent: first + 1, start: start + 2, length: 5 },
        { span: "order read", parent: first + 2, start: start + 3, length: 3 },
      );
    }
    return { group, rows };
  };
  const found = explained(
    many(50, (n) => trace(0, n, 0)),
    many(50, (n) => trace(1, n, 5)),
  );
  assert.deepEqual(accused(found), ["front new"]);
  assert.match(found.suspects[0]?.evidence ?? "", /^GET is new: 250 calls/);
});

test("a name of its own in every trace hides nothing that is new below it", () => {
  const trace = (group: 0 | 1, n: number): SketchedTrace => {
    const rows: SketchedTrace["rows"][number][] = [
      { span: "front checkout", length: 100 + group * 500 + (n % 7) / 10 },
      { span: `front GET-${group}-${n} client`, parent: 0, start: 1, length: 90 + group * 500 },
      { span: "order place", parent: 1, start: 2, length: 80 + group * 500 },
    ];
    if (group === 1) rows.push({ span: "order audit", parent: 2, start: 3, length: 500 });
    return { group, rows };
  };
  const found = explained(
    many(50, (n) => trace(0, n)),
    many(50, (n) => trace(1, n)),
  );
  assert.equal(accused(found)[0], "order new");
  assert.match(found.suspects[0]?.evidence ?? "", /^audit is new: 50 calls/);
});

test("another operation of the callee accuses the callee, who answers the call as ever", () => {
  const trace = (group: 0 | 1, n: number): SketchedTrace => ({
    group,
    rows: [
      { span: "front checkout", length: 100 + group * 500 + (n % 7) / 10 },
      { span: "front GET client", parent: 0, start: 1, length: 90 + group * 500 },
      { span: `order list${group}`, parent: 1, start: 2, length: 80 + group * 500 },
    ],
  });
  const found = explained(
    many(50, (n) => trace(0, n)),
    many(50, (n) => trace(1, n)),
  );
  assert.equal(accused(found)[0], "order new");
});

test("who puts a span of its own around a call is not charged with what the callee takes", () => {
  const wrapped = many(50, (n) => {
    const { group, rows } = checkout(1, n, { stockMs: 80 });
    const inner = rows.map((row, i) => (i > 2 ? { ...row, parent: i } : row));
    const tx = { span: "order tx", parent: 2, start: 2.5, length: 86 };
    return { group, rows: [...inner.slice(0, 3), tx, ...inner.slice(3)] };
  });
  assert.equal(accused(explained(healthy, wrapped))[0], "stock latency");
});

test("an entry operation that is gone accuses nobody and is told", () => {
  const mixed = many(50, (n) => checkout(0, n, { root: n % 2 === 0 ? "checkout" : "cart" }));
  const { suspects, summary } = explained(
    mixed,
    many(50, (n) => checkout(1, n)),
  );
  assert.deepEqual(suspects, []);
  assert.match(summary, /No trace of the incident begins with front \/ cart \(50 %\), as /);
});

test("a side without traces, or both: one clear sentence", () => {
  assert.equal(
    explained([], []).summary,
    "Neither the baseline nor the incident has traces: there is nothing to explain.",
  );
  assert.equal(
    explained(healthy, []).summary,
    "The incident has no traces: there is nothing to explain.",
  );
  assert.equal(
    explained([], [checkout(1, 1)]).summary,
    "The baseline has no traces: there is nothing to compare with.",
  );
});

test("failures that are as frequent a call as ever are normal, though more traces make the call", () => {
  const pay = (group: 0 | 1, n: number, calls: boolean): SketchedTrace => {
    const errs = n % 10 < 3 ? 1 : 0;
    const rows = [
      { span: "front buy", length: 30 },
      { span: "bank pay", parent: 0, start: 1, length: 20, errs },
    ];
    return { group, rows: calls ? rows : rows.slice(0, 1) };
  };
  const rarely = many(400, (n) => pay(0, n, n < 40));
  assert.deepEqual(
    accused(
      explained(
        rarely,
        many(400, (n) => pay(1, n, true)),
      ),
    ),
    [],
  );
});

test("a few slow traces beside many failing ones cost what they are of all", () => {
  const incident = many(100, (n) => {
    const { rows } = checkout(1, n, { stockMs: n < 10 ? 250 : 20 });
    return { group: 1, rows: rows.map((row, i) => ({ ...row, errs: n >= 10 && i < 3 ? 1 : 0 })) };
  });
  assert.deepEqual(accused(explained(healthy, incident)), ["order error", "stock latency"]);
});
