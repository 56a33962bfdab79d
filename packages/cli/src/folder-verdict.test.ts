import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { status, traceList, verdict } from "@culprit/api";
import { culprit, FREE_PORTS, serve, temporaryFolder } from "../test/culprit-process.ts";

const START_MICROS = 1_795_000_000_000_000;

/** web calls stock, as Jaeger JSON. */
function call(traceID: string, parts: readonly ("caller" | "callee")[]): object {
  const span = (spanID: string, processID: string, kind: string, tags: readonly object[]) => ({
    traceID,
    spanID,
    operationName: kind,
    references: spanID === "1" ? [] : [{ refType: "CHILD_OF", traceID, spanID: "1" }],
    startTime: START_MICROS,
    duration: 1000,
    processID,
    tags: [{ key: "span.kind", type: "string", value: kind }, ...tags],
  });
  const spans = parts.map((part) =>
    part === "caller"
      ? span("1", "p1", "client", [{ key: "peer.service", type: "string", value: "stock:80" }])
      : span("2", "p2", "server", []),
  );
  return {
    traceID,
    spans,
    processes: { p1: { serviceName: "web" }, p2: { serviceName: "stock" } },
  };
}

test("a folder's verdict is its server's: by what other traces told, and with what came late", async (t) => {
  const data = path.join(await temporaryFolder(t), "data");
  const server = await serve(t, ["--data", data, "--verdict-after=1s", ...FREE_PORTS]);
  const url = server.url("query");
  const take = async (...traces: readonly object[]): Promise<void> => {
    const input = Buffer.from(JSON.stringify({ data: traces }));
    const { code, stderr } = await culprit(["import", "-", "--to", url], { input });
    assert.equal(code, 0, stderr);
  };
  const judged = async (count: number): Promise<void> => {
    for (let i = 0; i < 600; i++) {
      const answer = status.parse(await (await fetch(`${url}/api/culprit/status`)).json());
      if (answer.verdicts.judgedTraces >= count) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.fail(`${count} traces were not judged within half a minute`);
  };
  const answered = call("a", ["caller", "callee"]);
  const silent = call("b", ["caller"]);
  const late = call("c", ["caller"]);
  await take(answered, silent, late);
  await judged(3);
  await take(call("c", ["callee"]));
  await judged(4);

  const of = (id: string) => `${url}/api/culprit/traces/${id}/verdict`;
  const served = await Promise.all(
    ["a", "b", "c"].map(async (id) => verdict.parse(await (await fetch(of(id))).json())),
  );
  assert.deepEqual(
    served.map(({ findings }) => findings.map(({ kind }) => kind).slice(1)),
    [[], ["missing-instrumentation"], ["late-spans"]],
  );
  // Without its late span the third one's first verdict was that of the second.
  for (const [kind, id] of [
    ["missing-instrumentation", "b"],
    ["late-spans", "c"],
  ]) {
    const answer = await fetch(`${url}/api/culprit/traces?finding=${kind}`);
    assert.deepEqual(
      traceList.parse(await answer.json()).traces.map(({ traceId }) => traceId.at(-1)),
      [id],
    );
  }
  assert.equal((await server.end("SIGTERM")).code, 0);
  for (const [i, id] of ["a", "b", "c"].entries()) {
    const { code, stdout, stderr } = await culprit(["analyze", id, "--json", "--data", data]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(verdict.parse(JSON.parse(stdout)), served[i]);
  }
});
