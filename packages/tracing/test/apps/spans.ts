/** Makes SPANS spans in bursts and ends by itself. */
import { setTimeout as sleep } from "node:timers/promises";
import { DistributedTracer } from "@culprit/tracing";

const tracer = new DistributedTracer();
for (let k = 0; k < Number(process.env.SPANS); k++) {
  tracer.withSpan("burst", { k }, () => {});
  await sleep(5);
}
process.stdout.write("done\n");
