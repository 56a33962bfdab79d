/** "stripe": a third party. It is not ours, so it is not traced; it answers like any payment provider. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { startAndReport, stopWithStarter } from "../child-link.ts";
import { drawHeader, parseDrawKey } from "../draws.ts";
import { fateOf } from "../scenarios.ts";
import { work } from "../work.ts";

const accountMs = 200;
const refusalMs = 40;

/** Refused attempts of the charges that are still to succeed, by reference. */
const refused = new Map<string, number>();

const server = createServer(async (request, response) => {
  const fate = fateOf(parseDrawKey(request.headers[drawHeader]));
  response.setHeader("content-type", "application/json");
  if (request.method === "GET") {
    request.resume();
    await work(accountMs);
    response.end(JSON.stringify({ status: "active" }));
    return;
  }
  const { reference } = (await json(request)) as { reference: string };
  const attempt = (refused.get(reference) ?? 0) + 1;
  if (attempt <= fate.chargeRefusals) {
    refused.set(reference, attempt);
    await work(refusalMs);
    response.statusCode = 503;
    response.end(JSON.stringify({ status: "unavailable" }));
    return;
  }
  refused.delete(reference);
  await work(fate.chargeMs);
  response.end(JSON.stringify({ status: fate.paymentDeclined ? "declined" : "succeeded" }));
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
