/** "stripe": a third party. It is not ours, so it is not traced; it answers like any payment provider. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startAndReport, stopWithStarter } from "../child-link.ts";
import { drawHeader, parseDrawKey } from "../draws.ts";
import { fateOf } from "../fate.ts";
import { work } from "../work.ts";

const server = createServer(async (request, response) => {
  request.resume();
  await work(300);
  const { paymentDeclined } = fateOf(parseDrawKey(request.headers[drawHeader]));
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ status: paymentDeclined ? "declined" : "succeeded" }));
});

stopWithStarter(async () => {
  server.close();
  server.closeAllConnections();
});
await startAndReport(
  () =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(Number(process.env.PORT ?? 0), "localhost", () => {
        resolve({ port: (server.address() as AddressInfo).port });
      });
    }),
);
