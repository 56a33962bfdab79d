// What share of its traces a service samples, as Jaeger's remote samplers ask for it. The document is that of Jaeger's
// HTTP API; over gRPC it is the same message in protobuf.
// https://www.jaegertracing.io/docs/2.20/architecture/apis/#remote-sampling-apis

export interface ProbabilisticSampling {
  /** 0 to 1. */
  readonly samplingRate: number;
}

export interface OperationStrategy {
  readonly operation: string;
  readonly probabilisticSampling: ProbabilisticSampling;
}

export interface OperationSampling {
  /** Of operations that are not listed. */
  readonly defaultSamplingProbability: number;
  readonly defaultLowerBoundTracesPerSecond: number;
  readonly perOperationStrategies: readonly OperationStrategy[];
}

export type SamplingStrategy = (
  | {
      readonly strategyType: "PROBABILISTIC";
      readonly probabilisticSampling: ProbabilisticSampling;
    }
  | {
      readonly strategyType: "RATE_LIMITING";
      /** A whole number. */
      readonly rateLimitingSampling: { readonly maxTracesPerSecond: number };
    }
) & { readonly operationSampling?: OperationSampling };

/** Samples everything. */
export const SAMPLE_ALL: SamplingStrategy = {
  strategyType: "PROBABILISTIC",
  probabilisticSampling: { samplingRate: 1 },
};

export interface SamplingStrategies {
  /** Of a service that nobody named: the default one. */
  strategyOf(service: string): SamplingStrategy;
}

export const SAMPLING_ALL: SamplingStrategies = { strategyOf: () => SAMPLE_ALL };
