/** Takes every mail as a real SMTP server would, needs 100 ms for it and forgets it. */
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { startAndReport, stopWithStarter } from "../child-link.ts";
import { work } from "../work.ts";

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS", "AUTH"],
  disableReverseLookup: true,
  logger: false,
  async onData(stream, _session, done) {
    stream.resume();
    await work(100);
    done();
  },
});
// A client that goes away in the middle of a mail is no reason to stop.
server.on("error", () => {});

stopWithStarter(() => new Promise((resolve) => server.close(() => resolve())));
await startAndReport(
  () =>
    new Promise((resolve, reject) => {
      server.server.once("error", reject);
      server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
        resolve({ port: (server.server.address() as AddressInfo).port });
      });
    }),
);
