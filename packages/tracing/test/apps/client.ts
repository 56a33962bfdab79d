/** Calls TARGET by node:http and by fetch inside a span, and looks up and connects outside of any. */
import { lookup } from "node:dns/promises";
import { get } from "node:http";
import { connect } from "node:net";
import { DistributedTracer } from "@culprit/tracing";

const target = new URL(process.env.TARGET ?? "");
const tracer = new DistributedTracer();

await lookup("localhost");
await new Promise<void>((resolve) => {
  const socket = connect(Number(target.port), target.hostname, () => {
    socket.destroy();
    resolve();
  });
});
await tracer.withSpan("work", async () => {
  await (await fetch(target)).text();
  await new Promise<void>((resolve) => {
    get(target, (response) => response.resume().on("end", resolve));
  });
});
