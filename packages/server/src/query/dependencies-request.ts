// Which calls are asked for, by Jaeger's parameters: Culprit's own answer takes the same ones.

import type { UnixNanos } from "@culprit/trace-model";
import { integerParameter } from "./trace-query-parameters.ts";

const DAY_MS = 86_400_000n;
const LATEST = 2n ** 64n - 1n;

export const DEPENDENCY_PARAMETERS: readonly string[] = ["endTs", "lookback", "service"];

export interface DependencyRequest {
  readonly startMinUnixNano: UnixNanos;
  readonly startMaxUnixNano: UnixNanos;
  readonly service?: string;
}

/** @throws ParameterError */
export function parseDependencyRequest(
  parameters: URLSearchParams,
  nowMs: number,
): DependencyRequest {
  const endMs = integerParameter(parameters, "endTs") ?? BigInt(nowMs);
  const lookbackMs = integerParameter(parameters, "lookback") ?? DAY_MS;
  const service = parameters.get("service") ?? "";
  return {
    startMinUnixNano: momentOf(endMs - lookbackMs),
    startMaxUnixNano: momentOf(endMs),
    ...(service === "" ? undefined : { service }),
  };
}

function momentOf(ms: bigint): UnixNanos {
  const nanos = ms * 1_000_000n;
  return nanos < 0n ? 0n : nanos > LATEST ? LATEST : nanos;
}
