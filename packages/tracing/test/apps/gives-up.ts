/** Makes one span and ends, with an exit code of its own and little patience for the last flush. */
import { setupTracing } from "@culprit/tracing";

await setupTracing("").shutdown();
const tracing = setupTracing("gives-up", { shutdownTimeoutMs: 200 });
tracing.tracer.withSpan("never arrives", () => {});
process.stdout.write("done\n");
process.exitCode = 3;
if (process.env.SHUTDOWN !== undefined) {
  await tracing.shutdown();
  process.exit();
}
