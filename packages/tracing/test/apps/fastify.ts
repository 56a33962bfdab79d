/** A Fastify service whose one route always throws. */
import { setupTracing } from "@culprit/tracing";
import Fastify from "fastify";

const app = Fastify();
app.get("/fails/:id", async () => {
  throw new TypeError("broken on purpose");
});
const address = await app.listen({ host: "127.0.0.1", port: 0 });
const response = await fetch(`${address}/fails/7`);
await response.text();
await app.close();
await setupTracing("").shutdown();
