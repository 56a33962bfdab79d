// A file of sampling strategies as Jaeger's collector reads it, checked: `default_strategy`, `service_strategies`, and in
// each `operation_strategies`. https://www.jaegertracing.io/docs/2.20/architecture/sampling/#file-based-sampling-configuration

import {
  type OperationSampling,
  type OperationStrategy,
  SAMPLE_ALL,
  type SamplingStrategies,
  type SamplingStrategy,
} from "./sampling-strategy.ts";

const MAX_INT32 = 2 ** 31 - 1;
/** A limit of the service's rate says nothing about its operations; Jaeger takes a thousandth of those not listed. */
const PROBABILITY_BESIDE_LIMIT = 0.001;

type Fields = { readonly [key: string]: unknown };

export class SamplingStrategiesError extends Error {
  override readonly name = "SamplingStrategiesError";
}

/** @throws SamplingStrategiesError that says where the file is wrong */
export function parseStrategies(text: string): SamplingStrategies {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SamplingStrategiesError(`it is not JSON: ${reason}`, { cause: error });
  }
  const fields = fieldsOf(document, "the file");
  const ofDefault = fields["default_strategy"];
  const fallback = ofDefault === undefined ? SAMPLE_ALL : strategyOf(ofDefault, "default_strategy");
  const services = new Map<string, SamplingStrategy>();
  listOf(fields["service_strategies"], "service_strategies").forEach((entry, i) => {
    const where = `service_strategies[${i}]`;
    const service = textOf(fieldsOf(entry, where)["service"], `${where}.service`);
    services.set(service, withDefault(strategyOf(entry, where), fallback.operationSampling));
  });
  return { strategyOf: (service) => services.get(service) ?? fallback };
}

/** Operations of the default strategy hold for a service, too, unless it has its own of that name. */
function withDefault(
  strategy: SamplingStrategy,
  fallback: OperationSampling | undefined,
): SamplingStrategy {
  if (fallback === undefined) return strategy;
  const own = strategy.operationSampling;
  if (own === undefined) {
    const isProbabilistic = strategy.strategyType === "PROBABILISTIC";
    const defaultSamplingProbability = isProbabilistic
      ? strategy.probabilisticSampling.samplingRate
      : fallback.defaultSamplingProbability;
    return { ...strategy, operationSampling: { ...fallback, defaultSamplingProbability } };
  }
  const named = new Set(own.perOperationStrategies.map(({ operation }) => operation));
  const others = fallback.perOperationStrategies.filter(({ operation }) => !named.has(operation));
  const perOperationStrategies = [...own.perOperationStrategies, ...others];
  return { ...strategy, operationSampling: { ...own, perOperationStrategies } };
}

function strategyOf(value: unknown, where: string): SamplingStrategy {
  const fields = fieldsOf(value, where);
  const strategy = ownStrategyOf(fields, where);
  const list = listOf(fields["operation_strategies"], `${where}.operation_strategies`);
  if (list.length === 0) return strategy;
  const defaultSamplingProbability =
    strategy.strategyType === "PROBABILISTIC"
      ? strategy.probabilisticSampling.samplingRate
      : PROBABILITY_BESIDE_LIMIT;
  const perOperationStrategies = list.flatMap((entry, i) =>
    operationStrategyOf(entry, `${where}.operation_strategies[${i}]`),
  );
  return {
    ...strategy,
    operationSampling: {
      defaultSamplingProbability,
      defaultLowerBoundTracesPerSecond: 0,
      perOperationStrategies,
    },
  };
}

/** None for one that limits a rate: there is no such sampling of single operations, and Jaeger leaves it out, too. */
function operationStrategyOf(value: unknown, where: string): OperationStrategy[] {
  const fields = fieldsOf(value, where);
  const operation = textOf(fields["operation"], `${where}.operation`);
  const strategy = ownStrategyOf(fields, where);
  if (strategy.strategyType !== "PROBABILISTIC") return [];
  return [{ operation, probabilisticSampling: strategy.probabilisticSampling }];
}

function ownStrategyOf({ type, param }: Fields, where: string): SamplingStrategy {
  switch (type) {
    case undefined:
      return SAMPLE_ALL;
    case "probabilistic": {
      const samplingRate = numberOf(param, `${where}.param`, "a number from 0 to 1", 1);
      return { strategyType: "PROBABILISTIC", probabilisticSampling: { samplingRate } };
    }
    case "ratelimiting": {
      const wanted = "a whole number of traces per second";
      const maxTracesPerSecond = numberOf(param, `${where}.param`, wanted, MAX_INT32);
      if (!Number.isInteger(maxTracesPerSecond)) fail(`${where}.param`, wanted, param);
      return { strategyType: "RATE_LIMITING", rateLimitingSampling: { maxTracesPerSecond } };
    }
    default:
      return fail(`${where}.type`, '"probabilistic" or "ratelimiting"', type);
  }
}

function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  return fail(where, "an object", value);
}

/** Absent and null are a list of nothing. */
function listOf(value: unknown, where: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : fail(where, "a list", value);
}

function textOf(value: unknown, where: string): string {
  return typeof value === "string" ? value : fail(where, "a name", value);
}

function numberOf(value: unknown, where: string, wanted: string, max: number): number {
  if (typeof value === "number" && value >= 0 && value <= max) return value;
  return fail(where, wanted, value);
}

function fail(where: string, wanted: string, found: unknown): never {
  const shown = found === undefined ? "nothing" : JSON.stringify(found).slice(0, 60);
  throw new SamplingStrategiesError(`${where}: ${wanted} wanted, found ${shown}`);
}
