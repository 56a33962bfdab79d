import { ProxyTracerProvider, type TracerProvider } from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import { DnsInstrumentation } from "@opentelemetry/instrumentation-dns";
import { ExpressInstrumentation, ExpressLayerType } from "@opentelemetry/instrumentation-express";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { NetInstrumentation } from "@opentelemetry/instrumentation-net";
import { PgInstrumentation } from "@opentelemetry/instrumentation-pg";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { childOnly } from "./child-only.ts";
import { FastifyInstrumentation } from "./fastify-instrumentation.ts";

const pgConnectionSpans = new Set(["pg.connect", "pg-pool.connect"]);

interface Entry {
  readonly create: () => Instrumentation;
  readonly provider?: (provider: TracerProvider) => TracerProvider;
}

const catalogue: Readonly<Record<string, Entry>> = {
  http: { create: () => new HttpInstrumentation() },
  undici: { create: () => new UndiciInstrumentation() },
  fastify: { create: () => new FastifyInstrumentation() },
  express: {
    create: () => new ExpressInstrumentation({ ignoreLayersType: [ExpressLayerType.MIDDLEWARE] }),
  },
  pg: {
    create: () => new PgInstrumentation(),
    provider: (provider) => childOnly(provider, pgConnectionSpans),
  },
  net: { create: () => new NetInstrumentation(), provider: childOnly },
  dns: { create: () => new DnsInstrumentation(), provider: childOnly },
};

/** The names that `OTEL_NODE_ENABLED_INSTRUMENTATIONS` and `…_DISABLED_…` choose among. */
export const instrumentationNames: readonly string[] = Object.keys(catalogue);

export interface InstrumentationChoice {
  readonly enabled: readonly string[];
  readonly extra: readonly Instrumentation[];
}

/** Patches the libraries that are loaded from now on, and returns what undoes it. */
export function startInstrumentations(
  choice: InstrumentationChoice,
  provider: TracerProvider,
): readonly Instrumentation[] {
  const started: Instrumentation[] = [];
  for (const name of choice.enabled) {
    const entry = catalogue[name];
    if (entry === undefined) continue;
    const instrumentation = entry.create();
    instrumentation.setTracerProvider(entry.provider?.(provider) ?? provider);
    started.push(instrumentation);
  }
  for (const instrumentation of choice.extra) {
    instrumentation.setTracerProvider(provider);
    instrumentation.enable();
    started.push(instrumentation);
  }
  return started;
}

/**
 * No more spans. The lookup patch stays in place: its instrumentation patched one function under two
 * names, and taking it off twice prints a complaint.
 */
export function stopInstrumentations(started: readonly Instrumentation[]): void {
  const nothing = new ProxyTracerProvider();
  for (const instrumentation of started) {
    instrumentation.setTracerProvider(nothing);
    if (!(instrumentation instanceof DnsInstrumentation)) instrumentation.disable();
  }
}

/** The modules whose loading has to be watched. */
export function moduleNamesOf(instrumentations: readonly Instrumentation[]): string[] {
  const names = new Set<string>();
  for (const instrumentation of instrumentations) {
    if (!("getModuleDefinitions" in instrumentation)) continue;
    const definitions = (instrumentation.getModuleDefinitions as () => { name: string }[])();
    for (const { name } of definitions) names.add(name);
  }
  return [...names];
}
