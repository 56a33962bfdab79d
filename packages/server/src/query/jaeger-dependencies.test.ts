// Who calls whom, as recorded from real Jaegers: 1.76, which leaves out pairs inside one service, and its main branch.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { dependencies, status } from "@culprit/api";
import { openEmbeddedStore } from "@culprit/store";
import { fixtureBytes, fixtureJson, skip } from "../../../wire/test/shared-fixtures.ts";
import { postOtlp, startTestServer } from "../../test/running-server.ts";

interface Link {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

interface Exchange {
  readonly path: string;
  readonly status: number;
  readonly answer: {
    readonly data: readonly Link[] | null;
    readonly errors: readonly { readonly code: number; readonly msg: string }[] | null;
  };
}

function recorded(file: string): Exchange[] {
  if (skip !== false) return [];
  const all = fixtureJson(`jaeger-recorded/${file}`) as Exchange[];
  return all.filter((exchange) => exchange.path.startsWith("/api/dependencies"));
}

const linesOf = (links: readonly Link[]): string[] =>
  links.map(({ parent, child, callCount }) => `${parent} > ${child}: ${callCount}`).sort();

describe("dependencies", { skip }, () => {
  /** The recorded spans: as they came, or judged. */
  const states = { "before the traces are judged": 3_600_000, "when they are judged": 1 };
  for (const [when, quietMs] of Object.entries(states)) {
    test(`are those of Jaeger, ${when}`, async (t) => {
      const folder = await mkdtemp(path.join(tmpdir(), "culprit-dependencies-"));
      const server = await startTestServer({
        openStore: (hooks) => openEmbeddedStore(folder, { ...hooks, quietMs }),
      });
      t.after(async () => {
        await server.close();
        await rm(folder, { recursive: true, force: true });
      });
      const url = server.url("query");
      const get = async (wanted: string) => {
        const response = await fetch(url + wanted);
        return { status: response.status, answer: (await response.json()) as Exchange["answer"] };
      };
      const spans = Buffer.from(fixtureBytes("jaeger-recorded/otlp-in.json")).toString();
      assert.equal((await postOtlp(url, spans)).status, 200);
      const judgedTraces = async () =>
        status.parse(await (await fetch(`${url}/api/culprit/status`)).json()).verdicts.judgedTraces;
      if (quietMs === 1) {
        for (let i = 0; i < 600 && (await judgedTraces()) < 15; i++) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        assert.equal(await judgedTraces(), 15);
      }
      for (const exchange of recorded("v3-answers.json")) {
        const { answer } = await get(exchange.path);
        assert.deepEqual(linesOf(answer.data ?? []), linesOf(exchange.answer.data ?? []));
      }
      for (const exchange of recorded("v1-answers.json")) {
        const { status, answer } = await get(exchange.path);
        assert.equal(status, exchange.status, exchange.path);
        if (status === 200) {
          const between = (answer.data ?? []).filter(({ parent, child }) => parent !== child);
          assert.deepEqual(linesOf(between), linesOf(exchange.answer.data ?? []), exchange.path);
          continue;
        }
        const [theirs, ours] = [exchange.answer.errors?.[0], answer.errors?.[0]];
        assert.deepEqual([answer.data, ours?.code], [null, theirs?.code]);
        assert.equal(ours?.msg.split(": ")[0], theirs?.msg.split(": ")[0]);
      }
      const ofOurs = await fetch(
        `${url}/api/culprit/dependencies?endTs=1795001000000&lookback=3600000&service=payments`,
      );
      const { window, dependencies: links } = dependencies.parse(await ofOurs.json());
      assert.deepEqual(window, {
        startMinUnixNano: "1794997400000000000",
        startMaxUnixNano: "1795001000000000000",
      });
      const figures = links.map(({ p95Nanos, ...counts }) => ({
        ...counts,
        p95Ms: Math.round(p95Nanos / 1e5) / 10,
      }));
      assert.deepEqual(figures, [
        // 4.5 µs
        { parent: "payments", child: "payments", callCount: 1, errorCount: 0, p95Ms: 0 },
        { parent: "payments", child: "stock", callCount: 1, errorCount: 0, p95Ms: 100.1 },
        { parent: "web-frontend", child: "payments", callCount: 1, errorCount: 1, p95Ms: 817.9 },
      ]);
      const misspelt = await fetch(`${url}/api/culprit/dependencies?from=1`);
      assert.equal(misspelt.status, 400);
    });
  }
});
