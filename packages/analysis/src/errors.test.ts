import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Verdict } from "@culprit/api";
import { assembleTrace, type Span } from "@culprit/trace-model";
import { exceptionEvent, type SpanSketch, sketched } from "../../trace-model/test/sketched-span.ts";
import { followsFrom } from "../test/calling-traces.ts";
import { analyzeTrace } from "./analyze-trace.ts";

const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;
const ERROR = 2;
const MS = 1_000_000;

function judge(...sketches: SpanSketch[]): Verdict {
  return analyzeTrace(assembleTrace(sketches.map(sketched)));
}

/** `origin type > propagated > … ! swallower`, one an origin, by short ids. */
function errors(verdict: Verdict): string[] {
  const short = (id: string): string => id.replace(/^0+/, "");
  return verdict.errors.map(({ spanId, type, propagatedTo, swallowedBy, marked }) => {
    const up = propagatedTo.map((id) => ` > ${short(id)}`).join("");
    const swallowed = swallowedBy === null ? "" : ` ! ${short(swallowedBy)}`;
    return `${short(spanId)}${marked ? "" : "?"} ${type}${up}${swallowed}`;
  });
}

function kinds(verdict: Verdict): string[] {
  return verdict.findings.map(({ kind }) => kind).filter((kind) => kind !== "bottleneck");
}

const root: SpanSketch = { id: "1", start: 0, end: 100 * MS, kind: SERVER, service: "web" };

describe("errors", () => {
  it("begin where nothing below errs, the most time on the critical path first", () => {
    const verdict = judge(
      { ...root, status: ERROR },
      { id: "2", parent: "1", start: 0, end: 30 * MS, status: ERROR },
      { id: "3", parent: "2", start: 0, end: 10 * MS, status: ERROR },
      { id: "4", parent: "1", start: 40 * MS, end: 90 * MS, events: [exceptionEvent("E", "no")] },
    );
    assert.deepEqual(errors(verdict), ["4? E > 1", "3 error > 2 > 1"]);
    assert.equal(verdict.errorSpanCount, 3);
    assert.equal(verdict.errors[0]?.message, "no");
  });

  it("pass through unmarked framework spans, and are swallowed by the first success", () => {
    const verdict = judge(
      { ...root, attributes: { "http.response.status_code": 200n } },
      { id: "2", parent: "1", start: 0, end: 90 * MS, kind: CLIENT, service: "web" },
      { id: "3", parent: "2", start: 0, end: 80 * MS, kind: SERVER, status: ERROR },
      { id: "4", parent: "3", start: 0, end: 70 * MS },
      { id: "5", parent: "4", start: 0, end: 60 * MS, status: ERROR, message: "boom" },
    );
    assert.deepEqual(errors(verdict), ["5 error > 3 ! 1"]);
    assert.deepEqual(kinds(verdict), ["swallowed-error"]);
    const finding = verdict.findings.find(({ kind }) => kind === "swallowed-error");
    assert.equal(
      finding?.evidence,
      "web / 1 answered success (HTTP 200) although service / 5 failed: boom.",
    );
    assert.match(verdict.summary, /web \/ 1 answered success over it\.$/);
  });

  it("that nobody marked are swallowed by nobody", () => {
    const attributes = { "http.response.status_code": 404n };
    const verdict = judge(root, {
      id: "2",
      parent: "1",
      start: 0,
      end: 9 * MS,
      kind: CLIENT,
      attributes,
    });
    assert.equal(verdict.errors[0]?.swallowedBy, null);
    assert.doesNotMatch(verdict.summary, /success/);
  });

  it("propagate through a server that answers 4xx unmarked", () => {
    const verdict = judge(
      { ...root, attributes: { "http.status_code": 402n } },
      { id: "2", parent: "1", start: 0, end: 90 * MS, status: ERROR },
    );
    assert.deepEqual(errors(verdict), ["2 error > 1"]);
    assert.deepEqual(kinds(verdict), []);
  });

  it("are not swallowed when a later attempt succeeds", () => {
    const attempt = { parent: "1", kind: CLIENT, name: "GET" };
    const first = { ...attempt, id: "2", start: 0, end: 20 * MS, status: ERROR };
    const retried = judge(root, first, { ...attempt, id: "3", start: 30 * MS, end: 60 * MS });
    assert.deepEqual(errors(retried), ["2 error"]);
    assert.deepEqual(kinds(retried), []);
    assert.match(retried.summary, /a later attempt succeeded/);
    const overlapping = judge(root, first, { ...attempt, id: "3", start: 10 * MS, end: 60 * MS });
    assert.deepEqual(errors(overlapping), ["2 error ! 1"]);
    const failedAgain = judge(
      root,
      first,
      { ...attempt, id: "3", start: 30 * MS, end: 60 * MS },
      { id: "4", parent: "3", start: 31 * MS, end: 50 * MS, kind: SERVER, status: ERROR },
    );
    assert.deepEqual(errors(failedAgain), ["2 error ! 1", "4 error ! 1"].sort());
  });

  it("are swallowed when what succeeds later is another request of the same name", () => {
    const call = (id: string, start: number, url: string, status: number): SpanSketch => ({
      id,
      parent: "1",
      start: start * MS,
      end: (start + 20) * MS,
      kind: CLIENT,
      name: "GET",
      status,
      attributes: { "http.request.method": "GET", "url.full": url },
    });
    const failed = call("2", 0, "http://prices/1", ERROR);
    assert.deepEqual(errors(judge(root, failed, call("3", 30, "http://stock/1", 0))), [
      "2 error ! 1",
    ]);
    assert.deepEqual(errors(judge(root, failed, call("3", 30, "http://prices/1", 0))), ["2 error"]);
  });

  it("go no further up than where a later attempt succeeded", () => {
    const attributes = { "server.address": "pay" };
    const attempt = { parent: "1", kind: CLIENT, name: "POST", attributes };
    const verdict = judge(
      { ...root, status: ERROR },
      { ...attempt, id: "2", start: 0, end: 50 * MS, status: ERROR },
      { id: "3", parent: "2", start: 0, end: 50 * MS, kind: SERVER, service: "pay", status: ERROR },
      { ...attempt, id: "4", start: 55 * MS, end: 60 * MS },
      { id: "5", parent: "1", start: 60 * MS, end: 70 * MS, status: ERROR, message: "no space" },
    );
    assert.deepEqual(errors(verdict), ["3 error > 2", "5 error > 1"]);
    assert.match(verdict.summary, /service \/ 5 failed: no space; web failed because of it/);
  });

  it("of attempts of one call did not begin elsewhere", () => {
    const attempt = { parent: "1", kind: CLIENT, name: "POST", service: "web", status: ERROR };
    const verdict = judge(
      { ...root, status: ERROR },
      { ...attempt, id: "2", start: 0, end: 30 * MS },
      { ...attempt, id: "3", start: 35 * MS, end: 50 * MS },
      { ...attempt, id: "4", start: 55 * MS, end: 70 * MS },
      { id: "5", parent: "1", start: 80 * MS, end: 90 * MS, status: ERROR },
    );
    assert.equal(verdict.errors.length, 4);
    assert.match(verdict.summary, /; 1 more failure began elsewhere\.$/);
  });

  it("end where a producer left the work to a consumer", () => {
    const verdict = judge(
      root,
      { id: "2", parent: "1", start: 0, end: 10 * MS, kind: PRODUCER },
      { id: "3", parent: "2", start: 50 * MS, end: 60 * MS, kind: CONSUMER, status: ERROR },
    );
    assert.deepEqual(errors(verdict), ["3 error"]);
  });

  it("of a consumer are swallowed by nobody who had handed the work over", () => {
    const publish = { id: "2", parent: "1", start: 0, end: 10 * MS, kind: PRODUCER };
    const consume = { id: "3", parent: "2", start: 50 * MS, end: 60 * MS, kind: CONSUMER };
    const handle = { id: "4", parent: "3", start: 51 * MS, end: 59 * MS, status: ERROR };
    const failed = judge(root, publish, { ...consume, status: ERROR }, handle);
    assert.deepEqual(errors(failed), ["4 error > 3"]);
    assert.deepEqual(kinds(failed), []);
    // A consumer that reports success over a failure swallows it, as a server would.
    assert.deepEqual(errors(judge(root, publish, consume, handle)), ["4 error ! 3"]);
    // A producer that could not send failed for whoever called it.
    assert.deepEqual(errors(judge(root, { ...publish, status: ERROR })), ["2 error ! 1"]);
  });

  it("end where the work only followed from its parent", () => {
    const [top, below] = [
      root,
      { id: "2", parent: "1", start: 0, end: 10 * MS, status: ERROR },
    ].map(sketched);
    const following = { ...(below as Span), links: [followsFrom("1")] };
    const verdict = analyzeTrace(assembleTrace([top as Span, following]));
    assert.deepEqual(errors(verdict), ["2 error"]);
  });

  it("are exceptions by their attributes where an exporter sent no event's name", () => {
    const unnamed = { ...exceptionEvent("ValueError", "no"), name: "" };
    const verdict = judge(root, {
      id: "2",
      parent: "1",
      start: 0,
      end: 50 * MS,
      events: [unnamed],
    });
    assert.deepEqual(errors(verdict), ["2? ValueError ! 1"]);
    assert.equal(verdict.errors[0]?.message, "no");
  });

  it("are read from the names of the conventions, new and old", () => {
    const child = { id: "2", parent: "1", start: 0, end: 50 * MS, status: ERROR };
    for (const [attributes, type] of [
      [{ "error.type": "E" }, "E"],
      [{ "exception.type": "E" }, "E"],
      [{ "error.kind": "E" }, "E"],
      [{ "db.response.status_code": "40001" }, "40001"],
      [{ "rpc.grpc.status_code": 14n }, "14"],
      [{ "grpc.status_code": "UNAVAILABLE" }, "UNAVAILABLE"],
      [{ "http.response.status_code": 503n }, "503"],
      [{ "http.status_code": 503n }, "503"],
      [{ "http.status_code": "503" }, "503"],
      [{ "http.status_code": 200n }, "error"],
    ] as const) {
      const verdict = judge({ ...root, status: ERROR }, { ...child, attributes });
      assert.deepEqual(errors(verdict), [`2 ${type} > 1`]);
    }
  });

  it("have the words of their erring parents in the same service only", () => {
    const origin = { id: "3", parent: "2", start: 0, end: 9 * MS, status: ERROR, service: "web" };
    const parent = { id: "2", parent: "1", start: 0, end: 9 * MS, message: "no space left" };
    const said = (sketch: SpanSketch): string =>
      judge({ ...root, status: ERROR }, sketch, origin).errors[0]?.message ?? "";
    assert.equal(said({ ...parent, status: ERROR, service: "web" }), "no space left");
    assert.equal(said({ ...parent, status: ERROR, service: "cart" }), "");
    assert.equal(said({ ...parent, service: "web" }), "");
  });

  it("do not claim that the top of an orphaned part answered success", () => {
    const verdict = judge(
      root,
      { id: "2", parent: "f", start: 0, end: 50 * MS },
      { id: "3", parent: "2", start: 0, end: 40 * MS, status: ERROR },
    );
    assert.deepEqual(errors(verdict), ["3 error"]);
    assert.deepEqual(kinds(verdict), ["orphans"]);
  });

  it("are reported unmarked where only the answer's status says so", () => {
    const child = { id: "2", parent: "1", start: 0, end: 50 * MS };
    for (const [sketch, type] of [
      [{ kind: CLIENT, attributes: { "http.response.status_code": 404n } }, "404"],
      [{ kind: SERVER, attributes: { "http.status_code": "503" } }, "503"],
      [{ kind: CLIENT, attributes: { "rpc.grpc.status_code": 14n } }, "14"],
    ] as const) {
      const verdict = judge(root, { ...child, ...sketch });
      assert.deepEqual(errors(verdict), [`2? ${type}`]);
      assert.deepEqual(kinds(verdict), ["unmarked-error"]);
    }
    for (const sketch of [
      { kind: SERVER, attributes: { "http.response.status_code": 404n } },
      { kind: CLIENT, attributes: { "rpc.grpc.status_code": 0n } },
      { kind: CLIENT, attributes: { "http.response.status_code": 302n } },
    ]) {
      assert.deepEqual(errors(judge(root, { ...child, ...sketch })), []);
    }
  });

  it("begin at the lowest erring span even when an unmarked one lies below it", () => {
    const verdict = judge(
      { ...root, status: ERROR },
      { id: "2", parent: "1", start: 0, end: 50 * MS, status: ERROR, message: "cart is down" },
      {
        id: "3",
        parent: "2",
        start: 0,
        end: 50 * MS,
        kind: CLIENT,
        attributes: { "http.response.status_code": 500n },
      },
    );
    assert.deepEqual(errors(verdict), ["3? 500 > 2 > 1", "2 error > 1"]);
    assert.match(
      verdict.summary,
      /service \/ 3 \(in 2\) failed with 500: cart is down; web failed/,
    );
    assert.doesNotMatch(verdict.summary, /elsewhere/);
  });

  it("take their type in the order of the definition", () => {
    const attributes = {
      "error.type": "A",
      "exception.type": "B",
      "db.response.status_code": "C",
      "rpc.grpc.status_code": 7n,
      "http.response.status_code": 500n,
    };
    const keys = Object.keys(attributes);
    const types = keys.map((_, i) => {
      const rest = Object.fromEntries(Object.entries(attributes).slice(i));
      const verdict = judge({ ...root, status: ERROR, attributes: rest });
      return verdict.errors[0]?.type;
    });
    assert.deepEqual(types, ["A", "B", "C", "7", "500"]);
  });

  it("are timeouts when type or message says so", () => {
    const timeouts: readonly [Partial<SpanSketch>, RegExp][] = [
      [{ attributes: { "error.type": "ETIMEDOUT" } }, /ran into its time limit of 100 ms/],
      [{ message: "context deadline exceeded" }, /ran into its time limit of 100 ms\./],
      [{ message: "timeout of 90ms exceeded" }, /ran into its time limit of 90 ms/],
      [{ attributes: { "http.response.status_code": 504n } }, /\(504\)/],
      [{ attributes: { "rpc.grpc.status_code": 4n } }, /\(4\)/],
      [{ attributes: { "grpc.status_code": "4" } }, /\(4\)/],
      [{ end: 77 * MS, message: "request timed out" }, /timed out after 77\.0 ms/],
      [{ end: 77 * MS, attributes: { "error.type": "57014" } }, /cancelled after 77\.0 ms/],
    ];
    for (const [sketch, evidence] of timeouts) {
      const verdict = judge({ ...root, status: ERROR, ...sketch });
      const finding = verdict.findings.find(({ kind }) => kind === "timeout");
      assert.match(finding?.evidence ?? "", evidence);
    }
    assert.deepEqual(kinds(judge({ ...root, status: ERROR, message: "connection refused" })), []);
    assert.deepEqual(
      kinds(judge({ ...root, status: ERROR, attributes: { "error.type": "4" } })),
      [],
      "a 4 of something else",
    );
  });

  it("are timeouts when the server goes on after its client gave up", () => {
    const verdict = judge(
      { ...root, status: ERROR },
      { id: "2", parent: "1", start: 0, end: 50 * MS, kind: CLIENT, status: ERROR },
      { id: "3", parent: "2", start: 1 * MS, end: 80 * MS, kind: SERVER, service: "cart" },
    );
    assert.deepEqual(kinds(verdict), ["timeout", "wasted-work"]);
    assert.deepEqual(verdict.warnings, []);
  });

  it("are timeouts of the caller, too, when the server that goes on fails later", () => {
    const call = { id: "2", parent: "1", start: 0, end: 50 * MS, kind: CLIENT, name: "POST" };
    const below = { id: "3", parent: "2", start: MS, end: 80 * MS, kind: SERVER, service: "cart" };
    const spans = (later: Partial<SpanSketch>): SpanSketch[] => [
      { ...root, status: ERROR },
      { ...call, status: ERROR, message: "timeout of 50ms exceeded" },
      { ...below, status: ERROR, ...later },
    ];
    const timeouts = ({ findings }: Verdict): readonly string[] =>
      findings.filter(({ kind }) => kind === "timeout").map(({ evidence }) => evidence);
    assert.deepEqual(timeouts(judge(...spans({ message: "write EPIPE" }))), [
      "service / POST ran into its time limit of 50 ms.",
    ]);
    // One timeout that caused another is said once.
    assert.deepEqual(timeouts(judge(...spans({ message: "deadline exceeded" }))), [
      "cart / 3 timed out after 79.0 ms.",
    ]);
  });

  it("are no timeouts when the server answered, or ends later by less than clocks tell", () => {
    const judged = (attributes: SpanSketch["attributes"], end: number): string[] =>
      kinds(
        judge(
          { ...root, status: ERROR },
          {
            id: "2",
            parent: "1",
            start: 0,
            end: 50 * MS,
            kind: CLIENT,
            status: ERROR,
            ...(attributes === undefined ? {} : { attributes }),
          },
          { id: "3", parent: "2", start: MS, end, kind: SERVER, service: "cart" },
        ),
      );
    assert.deepEqual(judged({ "http.response.status_code": 404n }, 60 * MS), []);
    assert.deepEqual(judged({ "rpc.grpc.status_code": 5n }, 60 * MS), []);
    assert.deepEqual(judged({ "rpc.grpc.status_code": 4n }, 60 * MS), ["timeout"]);
    assert.deepEqual(judged(undefined, 51 * MS), []);
    assert.deepEqual(judged(undefined, 51 * MS + 1), ["timeout"]);
  });
});
