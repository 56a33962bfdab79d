/** `npm run demo`: the whole of Culprit on three real orders. What it starts it stops, whichever way it ends. */
import { resolve } from "node:path";
import { readOptions, UsageError, usage } from "./demo/options.ts";
import { DemoParts, runDemo } from "./demo/run-demo.ts";
import { BadValue } from "./option-value.ts";
import { stopRequested } from "./stop-requested.ts";

const root = resolve(import.meta.dirname, "..");

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), root);
  if (options === "help") {
    process.stdout.write(usage);
    return 0;
  }
  const parts = new DemoParts();
  const abort = new AbortController();
  const request = stopRequested();
  void request.then(() => abort.abort());
  try {
    await runDemo(root, options, parts, abort.signal);
    if (!abort.signal.aborted && !options.exit) {
      process.stdout.write("\nCulprit and the shop stay up. Ctrl-C stops everything.\n");
      const ended = await Promise.race([
        request.then(() => undefined),
        parts.culprit?.gone.then((said) => `culprit serve ended: ${said}`),
        parts.shop?.broken.then((part) => `${part} ended`),
      ]);
      if (ended !== undefined) throw new Error(ended);
    }
  } catch (error) {
    // What fails because it was told to stop has not failed.
    if (!abort.signal.aborted) throw error;
  } finally {
    const staying = !options.exit && parts.culprit !== undefined;
    if (staying || abort.signal.aborted) process.stdout.write("\nStopping …\n");
    await parts.stop();
  }
  // Ctrl-C is how one leaves the demonstration, so it is a success, unless it was cut short by it.
  const finished = options.exit ? !abort.signal.aborted : true;
  return finished ? 0 : (await request).exitCode;
}

try {
  process.exitCode = await main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message}\n`);
  if (error instanceof UsageError) process.stderr.write(`\n${usage}`);
  process.exitCode = error instanceof UsageError || error instanceof BadValue ? 2 : 1;
}
