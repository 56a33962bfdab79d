/** `npm run fuzz`: mutated inputs into every decoder of wire. Fails when one of them does what it may not. */
import { parseArgs } from "node:util";
import { FUZZED_DECODERS } from "./fuzz/fuzzed-decoders.ts";
import { FREE_MEMORY_BYTES, MAX_MEMORY_RATIO, MAX_MS } from "./fuzz/input-cost.ts";
import { type FuzzedDecoder, fuzz } from "./fuzz/run-fuzz.ts";
import { BadValue } from "./option-value.ts";

const usage = `npm run fuzz -- [options]

No input may end in anything but spans or a WireError, take more than ${MAX_MS} ms of processor time, or hold more than
${MAX_MEMORY_RATIO} times its size in memory (${FREE_MEMORY_BYTES / 1024} KiB are free), nor may a decoder break the contract of its sink.

  --decoder NAME        one of those below, or the beginning of its name; default all
  --count N             inputs for each; default 1000000
  --seed N              the dice; default one that nobody knows, which is printed
  --from N              number of the first input; with --count 1 the input of a finding

Decoders: ${FUZZED_DECODERS.map(({ name }) => name).join(", ")}
`;

interface Options {
  readonly decoders: readonly FuzzedDecoder[];
  readonly count: number;
  readonly seed: number;
  readonly from: number;
}

function readOptions(): Options | "help" {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", short: "h" },
      decoder: { type: "string", default: "" },
      count: { type: "string", default: "1000000" },
      seed: { type: "string", default: String(crypto.getRandomValues(new Uint32Array(1))[0]) },
      from: { type: "string", default: "0" },
    },
  });
  if (values.help === true) return "help";
  const decoders = FUZZED_DECODERS.filter(({ name }) => name.startsWith(values.decoder));
  if (decoders.length === 0) throw new BadValue(`no decoder is called ${values.decoder}.`);
  const [count, seed, from] = [
    wholeNumber("count", values.count),
    wholeNumber("seed", values.seed),
    wholeNumber("from", values.from),
  ];
  return { decoders, count, seed, from };
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new BadValue(`--${name} takes a whole number, not "${text}".`);
}

function main(): number {
  const options = readOptions();
  if (options === "help") {
    process.stdout.write(usage);
    return 0;
  }
  const { decoders, ...run } = options;
  process.stdout.write(`seed ${run.seed}\n`);
  let findingCount = 0;
  for (const decoder of decoders) {
    const start = performance.now();
    const { decodedCount, refusedCount, slowestMs, mostBytes, findings } = fuzz(decoder, run);
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    process.stdout.write(
      `${decoder.name}: ${decodedCount} decoded, ${refusedCount} refused in ${seconds} s; ` +
        `at most ${slowestMs.toFixed(1)} ms, ${Math.round(mostBytes / 1024)} KiB; ${findings.length} findings\n`,
    );
    for (const { number, input, what } of findings) {
      const again = `--decoder ${decoder.name} --seed ${run.seed} --from ${number} --count 1`;
      const shown = Buffer.from(input.subarray(0, 400)).toString("base64");
      process.stdout.write(`  ${again}\n    ${what}\n    ${input.length} bytes: ${shown}\n`);
    }
    findingCount += findings.length;
  }
  return findingCount === 0 ? 0 : 1;
}

try {
  process.exitCode = main();
} catch (error) {
  const isMistake = error instanceof BadValue || error instanceof TypeError;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (isMistake) process.stderr.write(`\n${usage}`);
  process.exitCode = isMistake ? 2 : 1;
}
