import assert from "node:assert/strict";
import { test } from "node:test";
import type { SamplingStrategy } from "./sampling-strategy.ts";
import { parseStrategies } from "./strategies-file.ts";

const strategyOf = (document: unknown, service: string): SamplingStrategy =>
  parseStrategies(JSON.stringify(document)).strategyOf(service);
const rate = (samplingRate: number) => ({
  strategyType: "PROBABILISTIC",
  probabilisticSampling: { samplingRate },
});
const operation = (name: string, samplingRate: number) => ({
  operation: name,
  probabilisticSampling: { samplingRate },
});

test("a service has its own strategy, others the default one", () => {
  const file = {
    service_strategies: [
      { service: "web", type: "probabilistic", param: 0.8 },
      { service: "batch", type: "ratelimiting", param: 5 },
    ],
    default_strategy: { type: "probabilistic", param: 0.5 },
  };
  assert.deepEqual(strategyOf(file, "web"), rate(0.8));
  assert.deepEqual(strategyOf(file, "batch"), {
    strategyType: "RATE_LIMITING",
    rateLimitingSampling: { maxTracesPerSecond: 5 },
  });
  assert.deepEqual(strategyOf(file, "other"), rate(0.5));
});

test("what a file does not say is sampled whole", () => {
  assert.deepEqual(strategyOf({}, "web"), rate(1));
  assert.deepEqual(strategyOf({ service_strategies: [{ service: "web" }] }, "web"), rate(1));
});

test("operations of a service come with the rate of all others", () => {
  const file = {
    service_strategies: [
      {
        ...{ service: "web", type: "probabilistic", param: 0.8 },
        operation_strategies: [
          { operation: "get /", type: "probabilistic", param: 0.2 },
          { operation: "health", type: "probabilistic", param: 0 },
          { operation: "upload", type: "ratelimiting", param: 3 },
        ],
      },
      {
        ...{ service: "batch", type: "ratelimiting", param: 5 },
        operation_strategies: [{ operation: "run", type: "probabilistic", param: 1 }],
      },
    ],
  };
  assert.deepEqual(strategyOf(file, "web"), {
    ...rate(0.8),
    operationSampling: {
      defaultSamplingProbability: 0.8,
      defaultLowerBoundTracesPerSecond: 0,
      perOperationStrategies: [operation("get /", 0.2), operation("health", 0)],
    },
  });
  assert.equal(strategyOf(file, "batch").operationSampling?.defaultSamplingProbability, 0.001);
});

test("operations of the default strategy hold for every service that has not its own of that name", () => {
  const file = {
    service_strategies: [
      { service: "plain", type: "probabilistic", param: 0.8 },
      { service: "limited", type: "ratelimiting", param: 5 },
      {
        ...{ service: "own", type: "probabilistic", param: 0.7 },
        operation_strategies: [{ operation: "health", type: "probabilistic", param: 0.1 }],
      },
    ],
    default_strategy: {
      ...{ type: "probabilistic", param: 0.5 },
      operation_strategies: [
        { operation: "health", type: "probabilistic", param: 0 },
        { operation: "metrics", type: "probabilistic", param: 0.01 },
      ],
    },
  };
  const ofDefault = [operation("health", 0), operation("metrics", 0.01)];
  const sampling = (defaultSamplingProbability: number, perOperationStrategies: object[]) => ({
    ...{ defaultSamplingProbability, defaultLowerBoundTracesPerSecond: 0, perOperationStrategies },
  });
  assert.deepEqual(strategyOf(file, "other").operationSampling, sampling(0.5, ofDefault));
  assert.deepEqual(strategyOf(file, "plain").operationSampling, sampling(0.8, ofDefault));
  assert.deepEqual(strategyOf(file, "limited").operationSampling, sampling(0.5, ofDefault));
  assert.deepEqual(
    strategyOf(file, "own").operationSampling,
    sampling(0.7, [operation("health", 0.1), operation("metrics", 0.01)]),
  );
});

const BAD: readonly (readonly [document: string, message: RegExp])[] = [
  ["{", /^it is not JSON: /],
  ["[]", /^the file: an object wanted, found \[\]$/],
  ['{"default_strategy":7}', /^default_strategy: an object wanted, found 7$/],
  ['{"service_strategies":{}}', /^service_strategies: a list wanted, found \{\}$/],
  [
    '{"service_strategies":[{"type":"probabilistic","param":1}]}',
    /^service_strategies\[0\]\.service: a name wanted, found nothing$/,
  ],
  [
    '{"default_strategy":{"type":"probabilistic","param":1.5}}',
    /^default_strategy\.param: a number from 0 to 1 wanted, found 1\.5$/,
  ],
  [
    '{"default_strategy":{"type":"probabilistic","param":"1"}}',
    /^default_strategy\.param: a number from 0 to 1 wanted, found "1"$/,
  ],
  [
    '{"default_strategy":{"type":"ratelimiting","param":0.5}}',
    /^default_strategy\.param: a whole number of traces per second wanted, found 0\.5$/,
  ],
  [
    '{"default_strategy":{"type":"sometimes"}}',
    /^default_strategy\.type: "probabilistic" or "ratelimiting" wanted, found "sometimes"$/,
  ],
  [
    '{"default_strategy":{"operation_strategies":[{"type":"probabilistic","param":1}]}}',
    /^default_strategy\.operation_strategies\[0\]\.operation: a name wanted, found nothing$/,
  ],
];

for (const [document, message] of BAD) {
  test(`${document} is a bad file`, () => {
    assert.throws(() => parseStrategies(document), { name: "SamplingStrategiesError", message });
  });
}
