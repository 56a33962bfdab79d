/** An ES module that imports by name, as most are written. Answers with the trace it is in. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DistributedTracer } from "@culprit/tracing";

const tracer = new DistributedTracer();
const server = createServer((_request, response) => {
  response.end(JSON.stringify(tracer.currentContext()));
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
});
