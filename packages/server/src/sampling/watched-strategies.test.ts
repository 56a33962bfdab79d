import assert from "node:assert/strict";
import { mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { WatchedStrategies } from "./watched-strategies.ts";

const fileOf = (param: unknown): string =>
  JSON.stringify({ default_strategy: { type: "probabilistic", param } });

interface Watching {
  readonly folder: string;
  readonly file: string;
  readonly badFiles: string[];
  /** What is sampled of any service, after another look at the file. */
  rate(): Promise<number | undefined>;
}

async function watching(t: TestContext): Promise<Watching> {
  const folder = await mkdtemp(path.join(tmpdir(), "culprit-sampling-"));
  const file = path.join(folder, "strategies.json");
  await writeFile(file, fileOf(0.5));
  const badFiles: string[] = [];
  const strategies = await WatchedStrategies.open(file, ({ message }) => badFiles.push(message));
  t.after(async () => {
    await strategies.close();
    await rm(folder, { recursive: true });
  });
  const rate = async () => {
    await strategies.look();
    const strategy = strategies.strategyOf("any");
    return strategy.strategyType === "PROBABILISTIC"
      ? strategy.probabilisticSampling.samplingRate
      : undefined;
  };
  return { folder, file, badFiles, rate };
}

test("a file that is written again is read again", async (t) => {
  const { file, rate, badFiles } = await watching(t);
  assert.equal(await rate(), 0.5);
  await writeFile(file, fileOf(0.25));
  assert.equal(await rate(), 0.25);
  assert.deepEqual(badFiles, []);
});

test("a file that is put in the place of the old one is read, and then the next one", async (t) => {
  const { folder, file, rate } = await watching(t);
  for (const param of [0.1, 0.2]) {
    const draft = path.join(folder, "draft");
    await writeFile(draft, fileOf(param));
    await rename(draft, file);
    assert.equal(await rate(), param);
  }
});

test("a link that is moved to another file is followed", async (t) => {
  const { folder, file, rate } = await watching(t);
  const other = path.join(folder, "other.json");
  await writeFile(other, fileOf(0.75));
  await symlink(other, `${file}.link`);
  await rename(`${file}.link`, file);
  assert.equal(await rate(), 0.75);
});

test("a bad file keeps the old strategies, and is told of once", async (t) => {
  const { file, rate, badFiles } = await watching(t);
  await writeFile(file, fileOf(7));
  assert.equal(await rate(), 0.5);
  assert.equal(await rate(), 0.5);
  assert.equal(badFiles.length, 1);
  assert.match(badFiles[0] ?? "", /strategies\.json: default_strategy\.param: .* found 7$/);
  await writeFile(file, fileOf(0.9));
  assert.equal(await rate(), 0.9);
});

test("so does a file that is gone, until it is there again", async (t) => {
  const { file, rate, badFiles } = await watching(t);
  await rm(file);
  assert.equal(await rate(), 0.5);
  assert.match(badFiles[0] ?? "", /ENOENT/);
  await writeFile(file, fileOf(0.3));
  assert.equal(await rate(), 0.3);
  assert.equal(badFiles.length, 1);
});

test("a bad file at the start is an error that names it", async () => {
  await assert.rejects(WatchedStrategies.open("/nowhere/strategies.json", assert.fail), {
    name: "SamplingStrategiesError",
    message: /^sampling strategies in \/nowhere\/strategies\.json: ENOENT/,
  });
});
