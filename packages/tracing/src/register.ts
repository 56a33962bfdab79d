/** `node --import @culprit/tracing/register app.js`: all from `OTEL_*`, the name from package.json at need. */
import { nearestPackage } from "./nearest-package.ts";
import { setupTracing } from "./setup-tracing.ts";

setupTracing(nearestPackage()?.name ?? "unknown_service:node");
