/**
 * PostgreSQL behind a process of the shop, so that the server goes when its starter does, even one that was
 * killed: the server itself would live on.
 */
import { startAndReport, stopWithStarter } from "../child-link.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

// A strict umask of the caller would close the folder to the server's user.
process.umask(0o022);
let starting: Promise<PostgresServer> | undefined;
stopWithStarter(async () => {
  const server = await starting?.catch(() => undefined);
  await server?.stop();
});
await startAndReport(async () => {
  starting = startPostgres(Number(process.env.PORT ?? 0));
  const { port, password } = await starting;
  return { port, password };
});
