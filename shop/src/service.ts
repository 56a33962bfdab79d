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
import { work } from "./work.ts";

export interface ServiceSetup {
  readonly name: string;
  readonly path: string;
  readonly handle: (body: unknown, key: DrawKey | undefined) => Promise<object>;
  /** GET routes, with what comes after the last slash. */
  readonly reads?: Readonly<Record<string, (id: string) => Promise<object>>>;
  /** What else has to be ready before the first request. */
  readonly open?: () => Promise<void>;
  /** What else has to be closed, after the last request. */
  readonly close?: () => Promise<void>;
}

/** Started with `--import @culprit/tracing/register`, so this only asks for what is set up. */
export function tracerOf(name: string): DistributedTracer {
  return setupTracing(name).tracer;
}

/** What a fresh process loads before it can answer (`SHOP_WARMUP_MS`), when the first request asks for it. */
const warmUp = once(() => work(Number(process.env.SHOP_WARMUP_MS ?? 0)));

function once(start: () => Promise<void>): () => Promise<void> {
  let started: Promise<void> | undefined;
  return () => {
    started ??= start();
    return started;
  };
}

/** One service of the shop: a POST route, failures answered with their cause, a clean end. */
export async function runService(setup: ServiceSetup): Promise<void> {
  const app = Fastify({ logger: false });
  answerFailures(app, setup.name);
  app.addHook("onRequest", async (_request, reply) => {
    const traceId = activeServerSpan()?.spanContext().traceId;
    if (traceId !== undefined) reply.header("x-trace-id", traceId);
  });
  // A caller that gives up closes its connection, and then Fastify no longer waits for the handler.
  const running = new Set<Promise<object>>();
  app.post(setup.path, async function handleOrder(request) {
    await warmUp();
    const handled = setup.handle(request.body, parseDrawKey(request.headers[drawHeader]));
    running.add(handled);
    try {
      return await handled;
    } catch (error) {
      markOrderFailed(error);
      throw error;
    } finally {
      running.delete(handled);
    }
  });
  for (const [path, read] of Object.entries(setup.reads ?? {})) {
    app.get<{ Params: { id: string } }>(`${path}/:id`, async function handleRead(request) {
      return read(request.params.id);
    });
  }
  stopWithStarter(
    async () => {
      await app.close();
      await Promise.allSettled(running);
      await setup.close?.();
    },
    () => setupTracing(setup.name).shutdown(),
  );
  await startAndReport(async () => {
    await setup.open?.();
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
