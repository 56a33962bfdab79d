// An Express service; plain JavaScript, as applications that are traced from outside often are.
import { setupTracing } from "@culprit/tracing";
import express from "express";

const app = express();
app.use(express.json());
app.get("/items/:id", (request, response) => response.json({ id: request.params.id }));
const server = app.listen(0, "127.0.0.1", async () => {
  const response = await fetch(`http://127.0.0.1:${server.address().port}/items/7`);
  await response.text();
  server.close();
  await setupTracing("").shutdown();
});
