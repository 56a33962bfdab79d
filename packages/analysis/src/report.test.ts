import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assembleTrace } from "@culprit/trace-model";
import { sketched } from "../../trace-model/test/sketched-span.ts";
import { timedOutOrder } from "../test/order-trace.ts";
import { analyzeTrace } from "./analyze-trace.ts";
import { renderVerdict } from "./report.ts";

const verdict = analyzeTrace(assembleTrace(timedOutOrder()));

describe("renderVerdict", () => {
  it("has all parts of the report in words", () => {
    const text = renderVerdict(verdict, { colour: false });
    assert.match(
      text,
      /^Total duration 3\.66 s {2}\(20 spans, 4 services, 16 with status ERROR\)$/m,
    );
    assert.match(text, /^ {2}order-service +3\.03 s +83 % +#{17}\.{3} {2}4 with status ERROR$/m);
    assert.match(
      text,
      /^Bottleneck\n {2}order-service \/ pg\.query:SELECT order_db\n {2}impact: /m,
    );
    assert.match(text, /^ {2}may save at most 3\.00 s$/m);
    assert.match(
      text,
      /57014: canceling statement due to statement timeout\n {4}15 callers failed/,
    );
    assert.match(text, /^ {2}timeout: .*\n {4}-> Investigate why order-service/m);
    assert.ok(text.includes(verdict.summary));
    assert.ok(text.endsWith("\n"));
  });

  it("says what each change may save where that can be claimed", () => {
    const text = renderVerdict(verdict, { colour: false });
    assert.match(
      text,
      /^ {2}slow-query: .*\n {4}-> Look at the plan.* This may save at most 3\.00 s\.$/m,
    );
    assert.match(text, /^ {2}timeout: .*\n {4}-> (?!.*may save)/m);
  });

  it("colours without changing the words", () => {
    const coloured = renderVerdict(verdict, { colour: true });
    const esc = String.fromCharCode(27);
    assert.ok(coloured.includes(`${esc}[`));
    const stripped = coloured.split(new RegExp(`${esc}\\[\\d+m`)).join("");
    assert.equal(stripped, renderVerdict(verdict, { colour: false }));
  });

  it("lets no control characters of a name through to the terminal", () => {
    const hostile = sketched({
      id: "1",
      start: 0,
      end: 10,
      name: "\u001b[2Jx\n",
      service: "a\u0007",
      status: 2,
      message: "\u001b]0;t\u0007",
    });
    const text = renderVerdict(analyzeTrace(assembleTrace([hostile])), { colour: false });
    assert.doesNotMatch(text.replaceAll("\n", ""), /\p{Cc}/u);
  });

  it("says that there is nothing to say", () => {
    const spans = [
      { id: "1", start: 0, end: 10, service: "a" },
      { id: "2", parent: "1", start: 0, end: 5, service: "b" },
    ].map(sketched);
    const text = renderVerdict(analyzeTrace(assembleTrace(spans)), { colour: false });
    assert.match(text, /Bottleneck\n {2}none/);
    assert.match(text, /Errors\n {2}none/);
    assert.doesNotMatch(text, /Findings/);
  });
});
