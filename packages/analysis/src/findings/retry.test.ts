import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  CLIENT,
  ERROR,
  found,
  type MillisecondSketch,
  SERVER,
  webRoot,
} from "../../test/found-findings.ts";

function attempt(id: string, start: number, end: number, fails: boolean): MillisecondSketch {
  const attributes = { "http.request.method": "POST", "url.full": "http://pay/charge" };
  const status = fails ? ERROR : 0;
  return {
    id,
    parent: "1",
    start,
    end,
    kind: CLIENT,
    service: "web",
    name: "POST",
    status,
    attributes,
  };
}

describe("retry", () => {
  it("is attempts of which all but the last failed, without back-off when gaps do not grow", () => {
    const spans = [
      webRoot(100),
      attempt("2", 10, 20, true),
      attempt("3", 22, 32, true),
      attempt("4", 34, 44, false),
    ];
    const [finding, ...others] = found("retry", spans);
    assert.deepEqual(others, []);
    assert.deepEqual(finding?.spanIds, ["2", "3", "4"]);
    assert.equal(finding?.dragNanos, 20e6);
    assert.equal(finding?.savingNanos, 20e6);
    assert.equal(
      finding?.evidence,
      "web / GET /cart tried web / POST 3 times, all but the last failed, without back-off: gaps of 2.00 ms and 2.00 ms.",
    );
    assert.match(finding?.recommendation ?? "", /In web \/ GET \/cart.*why web \/ POST fails/);
  });

  it("says so when all failed and when the gaps grow", () => {
    const spans = [
      webRoot(200),
      attempt("2", 10, 20, true),
      attempt("3", 30, 40, true),
      attempt("4", 60, 70, true),
      attempt("5", 110, 120, true),
    ];
    const [finding] = found("retry", spans);
    assert.match(finding?.evidence ?? "", /4 times, all failed, with growing gaps: gaps of 10\.0/);
  });

  it("takes gaps that grow by less than timers may be off for no back-off", () => {
    const tries = (gap: number): MillisecondSketch[] => [
      webRoot(200),
      attempt("2", 10, 20, true),
      attempt("3", 21, 31, true),
      attempt("4", 31 + gap, 41 + gap, true),
    ];
    assert.match(found("retry", tries(5.999))[0]?.evidence ?? "", /without back-off/);
    assert.match(found("retry", tries(6))[0]?.evidence ?? "", /with growing gaps/);
  });

  it("is found in loops that run beside one another, but not across another call", () => {
    const to = (url: string, span: MillisecondSketch): MillisecondSketch => ({
      ...span,
      attributes: { "http.request.method": "POST", "url.full": url },
    });
    const beside = [
      webRoot(200),
      to("http://a", attempt("2", 10, 40, true)),
      to("http://b", attempt("3", 12, 50, true)),
      to("http://a", attempt("4", 60, 90, true)),
      to("http://b", attempt("5", 62, 95, false)),
      to("http://a", attempt("6", 100, 130, false)),
    ];
    const ids = found("retry", beside).map(({ spanIds }) => spanIds);
    assert.deepEqual(ids, [
      ["2", "4", "6"],
      ["3", "5"],
    ]);
    const across = [
      webRoot(200),
      to("http://a", attempt("2", 10, 20, true)),
      to("http://b", attempt("3", 30, 40, false)),
      to("http://a", attempt("4", 50, 60, false)),
    ];
    assert.deepEqual(found("retry", across), []);
  });

  it("is not one failure, a call for something else, or attempts that overlap", () => {
    const none = (...spans: MillisecondSketch[]): void =>
      assert.deepEqual(found("retry", [webRoot(200), ...spans]), []);
    none(attempt("2", 10, 20, false), attempt("3", 22, 32, false));
    none(attempt("2", 10, 20, false), attempt("3", 22, 32, true));
    const other = { "http.request.method": "POST", "url.full": "http://pay/refund" };
    none(attempt("2", 10, 20, true), { ...attempt("3", 22, 32, false), attributes: other });
    none(attempt("2", 10, 20, true), attempt("3", 15, 32, false));
  });

  it("knows attempts by the spans around them and by the server that failed", () => {
    const unmarked = (id: string, start: number): MillisecondSketch[] => [
      { id: `f${id}`, parent: "1", start, end: start + 12, service: "web", name: "try" },
      { ...attempt(id, start + 1, start + 11, false), parent: `f${id}` },
    ];
    const failing = {
      id: "9",
      parent: "2",
      start: 12,
      end: 20,
      kind: SERVER,
      service: "pay",
      status: ERROR,
    };
    const spans = [webRoot(100), ...unmarked("2", 10), failing, ...unmarked("3", 30)];
    assert.deepEqual(found("retry", spans)[0]?.spanIds, ["2", "3"]);
  });

  it("knows attempts that hold several calls by the span around each", () => {
    const transaction = (id: string, start: number, status: number): MillisecondSketch[] => {
      const query = { parent: id, kind: CLIENT, service: "web", name: "query" };
      const text = (statement: string) => ({
        "db.system": "postgresql",
        "db.statement": statement,
      });
      return [
        { id, parent: "1", start, end: start + 20, service: "web", name: "transaction", status },
        { ...query, id: `a${id}`, start, end: start + 5, attributes: text("BEGIN") },
        { ...query, id: `b${id}`, start: start + 6, end: start + 15, attributes: text("SELECT 1") },
      ];
    };
    const spans = [webRoot(100), ...transaction("2", 10, ERROR), ...transaction("3", 40, 0)];
    assert.deepEqual(found("retry", spans)[0]?.spanIds, ["2", "3"]);
  });

  it("knows attempts behind a gateway of several services, of which some were not answered", () => {
    const call = (id: string, start: number, path: string, fails = false): MillisecondSketch => ({
      ...attempt(id, start, start + 10, fails),
      attributes: { "http.request.method": "GET", "url.full": `http://gateway${path}` },
    });
    const answer = (parent: string, start: number, service: string): MillisecondSketch => ({
      id: `a${parent}`,
      parent,
      start,
      end: start + 8,
      kind: SERVER,
      service,
    });
    const spans = [
      webRoot(100),
      call("2", 10, "/stock"),
      answer("2", 11, "stock"),
      call("3", 22, "/price", true),
      call("4", 34, "/price"),
      answer("4", 35, "price"),
    ];
    assert.deepEqual(found("retry", spans)[0]?.spanIds, ["3", "4"]);
  });

  it("of a query is the same statement, value for value", () => {
    const query = (id: string, start: number, statement: string, status: number) => ({
      ...attempt(id, start, start + 5, false),
      status,
      attributes: { "db.system": "postgresql", "db.statement": statement },
    });
    const first = query("2", 10, "SELECT 1", ERROR);
    assert.equal(found("retry", [webRoot(50), first, query("3", 20, "SELECT 1", 0)]).length, 1);
    assert.deepEqual(found("retry", [webRoot(50), first, query("3", 20, "SELECT 2", 0)]), []);
  });
});
