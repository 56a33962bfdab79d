import { randomUUID } from "node:crypto";
import { getStringFromEnv } from "@opentelemetry/core";
import {
  detectResources,
  envDetector,
  hostDetector,
  osDetector,
  processDetector,
  type Resource,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from "@opentelemetry/semantic-conventions";
import { nearestPackage } from "./nearest-package.ts";
import type { TracingOptions } from "./options.ts";

/** Still "in development" in the conventions, hence not a constant of the stable package. */
const ATTR_SERVICE_INSTANCE_ID = "service.instance.id";

/** Who makes the spans. Later ones win: what is found out, what code says, what `OTEL_*` says. */
export function createResource(serviceName: string, options: TracingOptions): Resource {
  const serviceVersion = options.serviceVersion ?? nearestPackage()?.version;
  const fromCode = resourceFromAttributes({
    [ATTR_SERVICE_NAME]: serviceName,
    ...(serviceVersion === undefined ? {} : { [ATTR_SERVICE_VERSION]: serviceVersion }),
    [ATTR_SERVICE_INSTANCE_ID]: randomUUID(),
    ...options.resourceAttributes,
  });
  const detectors = [hostDetector, osDetector, processDetector];
  const fromEnvironment = detectResources({ detectors: [envDetector] });
  const name = getStringFromEnv("OTEL_SERVICE_NAME");
  return detectResources({ detectors })
    .merge(fromCode)
    .merge(fromEnvironment)
    .merge(resourceFromAttributes(name === undefined ? {} : { [ATTR_SERVICE_NAME]: name }));
}
