/** One span, then nothing but waiting, until somebody ends it. */
import { DistributedTracer } from "@culprit/tracing";

new DistributedTracer().withSpan("before the signal", () => {});
setInterval(() => {}, 60_000);
process.stdout.write("waiting\n");
