import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const script = join(import.meta.dirname, "demo.ts");
let data: string;

before(() => {
  data = mkdtempSync(join(tmpdir(), "culprit-demo-"));
});
after(() => rmSync(data, { recursive: true, force: true }));

interface DemoRun {
  readonly ended: Promise<number | string>;
  readonly said: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly saying: (pattern: RegExp) => Promise<RegExpExecArray>;
}

/** On free ports, with a store of its own, and with the shop's durations cut to a tenth. */
function runDemo(...args: readonly string[]): DemoRun {
  const ports = ["--query-port", "0", "--otlp-http-port", "0", "--otlp-grpc-port", "0"];
  const child = spawn(process.execPath, [script, "--data", data, ...ports, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, SHOP_TIME_SCALE: "0.1" },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
    });
  }
  const ended = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string);
  const saying = async (pattern: RegExp): Promise<RegExpExecArray> => {
    while (true) {
      const match = pattern.exec(text);
      if (match !== null) return match;
      const more = await Promise.race([once(child.stdout, "data").then(() => true), ended]);
      if (more !== true) throw new Error(`the demo ended without ${pattern}: ${text}`);
    }
  };
  return { ended, said: () => text, kill: (signal) => child.kill(signal), saying };
}

const outcomes = (said: string): string[] =>
  [...said.matchAll(/^Order \d of 3: .*: ([^:]+) after/gm)].map((match) => match[1] ?? "");

test("--exit shows three orders, three verdicts and the totals, the same for the same seed", async () => {
  const runs: string[] = [];
  for (let k = 0; k < 2; k++) {
    const run = runDemo("--exit");
    assert.equal(await run.ended, 0, run.said());
    runs.push(run.said());
  }
  const [first = "", second = ""] = runs;
  assert.deepEqual(outcomes(first), [
    "completed",
    "failed, payment declined",
    "failed, the database cancelled the save",
  ]);
  assert.deepEqual(outcomes(second), outcomes(first));
  const verdicts = [...first.matchAll(/verdict {2}(.*)/g)].map((match) => match[1] ?? "");
  assert.equal(verdicts.length, 3);
  assert.match(verdicts[1] ?? "", /payment-service.*payment_declined.*frontend-service failed/);
  assert.match(verdicts[2] ?? "", /order-service.*57014.*inventory-service, payment-service/);
  assert.match(first, /Totals: 1 succeeded, 2 failed, mean duration \d+\.\d+ s/);
  assert.equal([...first.matchAll(/http:\/\/localhost:\d+\/trace\/[0-9a-f]{32}$/gm)].length, 3);
});

test("it stays up until Ctrl-C, which stops everything", async () => {
  const run = runDemo();
  const [, page] = await run.saying(/Where to look: (http:\S+)/);
  await run.saying(/Ctrl-C stops everything/);
  const services = await fetch(`${page}/api/services`);
  const { data: names } = (await services.json()) as { data: string[] };
  assert.ok(names.includes("order-service"), names.join());
  run.kill("SIGINT");
  assert.equal(await run.ended, 0, run.said());
  await assert.rejects(fetch(`${page}/api/services`));
});

for (const step of ["Culprit", "PostgreSQL", "payment gateway", "order, inventory"]) {
  test(`Ctrl-C while ${step} starts ends it there, with 0 and without complaint`, async () => {
    const run = runDemo();
    await run.saying(new RegExp(`starting ${step}`));
    run.kill("SIGINT");
    assert.equal(await run.ended, 0, run.said());
    assert.match(run.said(), /…\n\nStopping …\n$/);
  });
}

test("SIGTERM while it starts stops what was started", async () => {
  const run = runDemo("--exit");
  await run.saying(/starting payment gateway/);
  run.kill("SIGTERM");
  assert.equal(await run.ended, 143, run.said());
});

test("a demo that was killed takes Culprit with it", async () => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  const run = runDemo("--query-port", String(port));
  await run.saying(/starting PostgreSQL/);
  const services = `http://127.0.0.1:${port}/api/services`;
  assert.equal((await fetch(services)).status, 200);
  run.kill("SIGKILL");
  assert.equal(await run.ended, "SIGKILL");
  let answers = true;
  for (let k = 0; k < 100 && answers; k++) {
    await sleep(100);
    answers = await fetch(services).then(
      () => true,
      () => false,
    );
  }
  assert.equal(answers, false, "culprit serve is still there");
});

test("a port in use is named in one sentence", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const address = holder.address();
  assert.ok(typeof address === "object" && address !== null);
  const run = runDemo("--exit", "--query-port", String(address.port));
  assert.equal(await run.ended, 1);
  assert.match(
    run.said(),
    new RegExp(`^Port ${address.port}, for Culprit's page, is in use.*--query-port.*\n$`),
  );
  holder.close();
});

test("one port for two doors is refused in one sentence", async () => {
  const run = runDemo("--frontend-port", "20001", "--postgres-port", "20001");
  assert.equal(await run.ended, 1);
  assert.match(run.said(), /^Port 20001 is wanted by --frontend-port and by --postgres-port.*\n$/);
});

test("an option that does not exist is a usage error", async () => {
  const run = runDemo("--sead", "7");
  assert.equal(await run.ended, 2);
  assert.match(run.said(), /--sead[\s\S]*npm run demo -- \[options\]/);
});

for (const command of ["demo.ts", "shop.ts"]) {
  for (const seed of ["-1", "abc", "1.5", "9007199254740992"]) {
    test(`${command} --seed ${seed} is refused in one sentence`, () => {
      const args = [join(import.meta.dirname, command), "--seed", seed];
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
      assert.equal(status, 2);
      assert.equal(
        stderr,
        `--seed takes a whole number from 0 to 9007199254740991, not "${seed}".\n`,
      );
    });
  }
}
