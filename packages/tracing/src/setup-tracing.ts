import { context, DiagConsoleLogger, diag, propagation, trace } from "@opentelemetry/api";
import {
  diagLogLevelFromString,
  getBooleanFromEnv,
  getStringFromEnv,
  getStringListFromEnv,
} from "@opentelemetry/core";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { AbortErrorProcessor } from "./abort-error-processor.ts";
import { DatabaseErrorProcessor } from "./database-error-processor.ts";
import { DistributedTracer } from "./distributed-tracer.ts";
import { ExactStartProcessor } from "./exact-start.ts";
import { ExportNotice } from "./export-notice.ts";
import { createExporters } from "./exporter.ts";
import { flushOnExit } from "./flush-on-exit.ts";
import {
  instrumentationNames,
  moduleNamesOf,
  startInstrumentations,
  stopInstrumentations,
} from "./instrumentations.ts";
import { watchModules } from "./module-hooks.ts";
import type { TracingOptions } from "./options.ts";
import { createPropagator } from "./propagators.ts";
import { createResource } from "./resource.ts";
import { ServerErrorProcessor } from "./server-error-processor.ts";

export interface Tracing {
  readonly tracer: DistributedTracer;
  /** Sends what is queued; returns within `shutdownTimeoutMs`, whether it got through or not. */
  flush(): Promise<void>;
  /** Flushes and stops: no spans from then on. */
  shutdown(): Promise<void>;
}

let current: Tracing | undefined;

/**
 * Starts tracing in this process. Call it before the libraries to be traced are imported, which in an
 * ES module means from a file given to `node --import`, or use `@culprit/tracing/register`. A second call
 * returns what the first one set up.
 */
export function setupTracing(serviceName: string, options: TracingOptions = {}): Tracing {
  current ??= getBooleanFromEnv("OTEL_SDK_DISABLED") ? disabled() : start(serviceName, options);
  return current;
}

function disabled(): Tracing {
  return {
    tracer: new DistributedTracer(),
    flush: async () => {},
    shutdown: async () => {
      current = undefined;
    },
  };
}

function start(serviceName: string, options: TracingOptions): Tracing {
  const level = getStringFromEnv("OTEL_LOG_LEVEL");
  if (level !== undefined) {
    diag.setLogger(new DiagConsoleLogger(), { logLevel: diagLogLevelFromString(level) ?? 30 });
  }
  const exporters = createExporters(options);
  const provider = new NodeTracerProvider({
    resource: createResource(serviceName, options),
    spanProcessors: [
      new ExactStartProcessor(),
      new AbortErrorProcessor(),
      new DatabaseErrorProcessor(),
      new ServerErrorProcessor(),
      ...exporters.map((exporter) => new BatchSpanProcessor(exporter)),
    ],
  });
  provider.register({ propagator: createPropagator() });
  const instrumentations = startInstrumentations(
    { enabled: enabledNames(options), extra: options.extraInstrumentations ?? [] },
    provider,
  );
  watchModules(moduleNamesOf(instrumentations));

  const timeoutMs = options.shutdownTimeoutMs ?? 5000;
  const finish = async (work: Promise<void>): Promise<boolean> => {
    const finished = await within(timeoutMs, work);
    if (!finished) {
      for (const exporter of exporters) {
        if (exporter instanceof ExportNotice) exporter.giveUp(timeoutMs);
      }
    }
    return finished;
  };
  const flushAll = async (): Promise<void> => {
    await provider.forceFlush();
    // The processor does not wait for a batch that was on its way before.
    await Promise.all(exporters.map((exporter) => exporter.forceFlush?.()));
  };
  const flush = (): Promise<boolean> => finish(flushAll());
  const removeListeners = (options.flushOnExit ?? true) ? flushOnExit(flush) : () => {};
  return {
    tracer: new DistributedTracer(),
    async flush(): Promise<void> {
      await flush();
    },
    async shutdown(): Promise<void> {
      removeListeners();
      await finish(provider.shutdown());
      stopInstrumentations(instrumentations);
      trace.disable();
      context.disable();
      propagation.disable();
      current = undefined;
    },
  };
}

function enabledNames(options: TracingOptions): string[] {
  const enabled =
    getStringListFromEnv("OTEL_NODE_ENABLED_INSTRUMENTATIONS") ??
    options.instrumentations ??
    instrumentationNames;
  const disabledNames = getStringListFromEnv("OTEL_NODE_DISABLED_INSTRUMENTATIONS") ?? [];
  return enabled.filter((name) => !disabledNames.includes(name));
}

/** Whether it ended in time. A flush that fails has been said by the exporter; the application goes on. */
async function within(timeoutMs: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const ended = work.then(
    () => true,
    () => true,
  );
  const inTime = await Promise.race([ended, timeout]);
  clearTimeout(timer);
  return inTime;
}
