import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Phase, Turns } from "./turns.ts";

test("nobody is ever in both phases, everybody comes in, and a phase is shared", async () => {
  const tasks = fc.array(
    fc.record({ phase: fc.constantFrom<Phase>("start", "send"), ticks: fc.nat({ max: 5 }) }),
    { minLength: 1, maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(tasks, async (all) => {
      const turns = new Turns();
      const inside: Phase[] = [];
      let done = 0;
      const work = async (phase: Phase, ticks: number): Promise<void> => {
        inside.push(phase);
        assert.equal(new Set(inside).size, 1);
        for (let i = 0; i < ticks; i++) await Promise.resolve();
        inside.splice(inside.indexOf(phase), 1);
        done++;
      };
      await Promise.all(all.map(({ phase, ticks }) => turns.run(phase, () => work(phase, ticks))));
      assert.equal(done, all.length);
    }),
  );
});

test("whoever asks for the other phase is not passed by those who ask later", async () => {
  const turns = new Turns();
  const said: string[] = [];
  const held = Promise.withResolvers<void>();
  const first = turns.run("send", () => held.promise);
  const others = [
    turns.run("start", async () => void said.push("start")),
    turns.run("send", async () => void said.push("send")),
  ];
  held.resolve();
  await Promise.all([first, ...others]);
  assert.deepEqual(said, ["start", "send"]);
});

test("a failure leaves its turn to the next", async () => {
  const turns = new Turns();
  await assert.rejects(
    turns.run("start", () => Promise.reject(new Error("no"))),
    /no/,
  );
  assert.equal(await turns.run("send", async () => 1), 1);
});
