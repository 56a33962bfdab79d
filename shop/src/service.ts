import {
  activeServerSpan,
  type DistributedTracer,
  markFailed,
  setupTracing,
} from "@culprit/tracing";
import Fastify, { type FastifyInstance } from "fastify";
import { startAndReport, stopWithStarter } from "./child-link.ts";
import { type DrawKey, drawHeader, parseDrawKey } from "./draws.ts";
import { ShopFailure } from "./shop-failure.ts";

export interface ServiceSetup {
  readonly name: string;
  readonly path: string;
  readonly handle: (body: unknown, key: DrawKey | undefined) => Promise<object>;
  /** What else has to be closed, after the last request. */
  readonly close?: () => Promise<void>;
}

/** Started with `--import @culprit/tracing/register`, so this only asks for what is set up. */
export function tracerOf(name: string): DistributedTracer {
  return setupTracing(name).tracer;
}

/** One service of the shop: one POST route, failures answered with their cause, a clean end. */
export async function runService(setup: ServiceSetup): Promise<void> {
  const app = Fastify({ logger: false });
  answerFailures(app, setup.name);
  app.addHook("onRequest", async (_request, reply) => {
    const traceId = activeServerSpan()?.spanContext().traceId;
    if (traceId !== undefined) reply.header("x-trace-id", traceId);
  });
  app.post(setup.path, async function handleOrder(request) {
    try {
      return await setup.handle(request.body, parseDrawKey(request.headers[drawHeader]));
    } catch (error) {
      markOrderFailed(error);
      throw error;
    }
  });
  stopWithStarter(
    async () => {
      await app.close();
      await setup.close?.();
    },
    () => setupTracing(setup.name).shutdown(),
  );
  await startAndReport(async () => {
    await app.listen({ host: "localhost", port: Number(process.env.PORT ?? 0) });
    const address = app.server.address();
    if (address === null || typeof address === "string") {
      throw new Error(`${setup.name} listens nowhere`);
    }
    return { port: address.port };
  });
}

/**
 * A declined payment or missing stock is a failed order, and its trace says so up to the root, although
 * HTTP counts 402 and 409 as the client's affair. An order that was never valid is the client's.
 */
function markOrderFailed(error: unknown): void {
  if (error instanceof ShopFailure && error.code === "invalid_order") return;
  const span = activeServerSpan();
  if (span !== undefined) markFailed(span, error);
}

function answerFailures(app: FastifyInstance, service: string): void {
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ShopFailure) {
      return reply.code(error.statusCode).send(error.toDocument());
    }
    const { statusCode = 500, message } = error as { statusCode?: number; message?: string };
    const code = statusCode < 500 ? "invalid_order" : "internal_error";
    return reply.code(statusCode).send({ error: { code, message, service } });
  });
}
