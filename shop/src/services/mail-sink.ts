/** Takes every mail as a real SMTP server would, needs 100 ms for it and forgets it. */
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import { startAndReport, stopWithStarter } from "../child-link.ts";
import { parseDrawKey } from "../draws.ts";
import { fateOf } from "../scenarios.ts";
import { work } from "../work.ts";

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS", "AUTH"],
  disableReverseLookup: true,
  logger: false,
  async onData(stream, _session, done) {
    const key = /^x-shop-draw: (\S+)\s*$/im.exec(await text(stream))?.[1];
    await work(100);
    const { mailRefused } = fateOf(parseDrawKey(key));
    done(mailRefused ? new Error("the mailbox is full") : null);
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
