// Who calls whom, whether traces have their verdicts yet or not; all recorded answers are in recorded-answers.test.ts.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { dependencies, status } from "@culprit/api";
import { openEmbeddedStore } from "@culprit/store";
import { fixtureBytes } from "../../../wire/test/shared-fixtures.ts";
import { EXCHANGES, OTLP_IN, skip } from "../../test/recorded-answers.ts";
import { postOtlp, startTestServer } from "../../test/running-server.ts";

interface Link {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

interface Answer {
  readonly data: readonly Link[];
}

const linesOf = ({ data }: Answer): string[] =>
  data.map(({ parent, child, callCount }) => `${parent} > ${child}: ${callCount}`).sort();

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
      const spans = Buffer.from(fixtureBytes(OTLP_IN)).toString();
      assert.equal((await postOtlp(url, spans)).status, 200);
      const judgedTraces = async () =>
        status.parse(await (await fetch(`${url}/api/culprit/status`)).json()).verdicts.judgedTraces;
      if (quietMs === 1) {
        for (let i = 0; i < 600 && (await judgedTraces()) < 15; i++) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        assert.equal(await judgedTraces(), 15);
      }
      const asked = EXCHANGES.filter(
        (exchange) => exchange.server === "main" && exchange.path.startsWith("/api/dependencies"),
      );
      assert.equal(asked.length, 1);
      for (const exchange of asked) {
        const answer = (await (await fetch(url + exchange.path)).json()) as Answer;
        assert.deepEqual(linesOf(answer), linesOf(exchange.answer as Answer));
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
