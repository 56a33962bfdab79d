// Whether a span fails, as SQL: by its status, an exception, or an answer that nobody marked, in the present names of
// OpenTelemetry's conventions and in those they had before. See Failing.

import { Failing, SpanKind, StatusCode } from "@culprit/trace-model";
import { eventNamed } from "./attribute-condition.ts";
import { quote } from "./sql.ts";

const HTTP_STATUS = firstOf(["http.response.status_code", "http.status_code"]);
const GRPC_STATUS = firstOf([
  "rpc.grpc.status_code",
  "rpc.response.status_code",
  "grpc.status_code",
]);

/**
 * Those that say that the server failed; the others refuse what was asked.
 * https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
 */
const GRPC_FAILURES: Readonly<Record<string, number>> = {
  UNKNOWN: 2,
  DEADLINE_EXCEEDED: 4,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
};

/** Some exporters send the attributes of an exception without the event's name. */
const HAS_EXCEPTION = `(${eventNamed("exception")} or position(details, '"exception.type"') > 0)`;

/** {@link Failing} of a row of spans. */
export const FAILING: string = `multiIf(
  status_code = ${StatusCode.error} or (details != '' and ${HAS_EXCEPTION}), ${Failing.fails},
  empty(attributes), ${Failing.no},
  (toUInt16OrZero(${HTTP_STATUS}) as http) >= 500 and http < 600, ${Failing.fails},
  (upper(${GRPC_STATUS}) as grpc) in (${grpcFailures().join(", ")}), ${Failing.fails},
  http >= 400 and http < 500 and kind = ${SpanKind.client}, ${Failing.refused},
  grpc not in ('', '0', 'OK'), ${Failing.refused},
  ${Failing.no})`;

function firstOf(keys: readonly string[]): string {
  const values = keys.map((key) => `nullIf(attributes[${quote(key)}], '')`);
  return `coalesce(${values.join(", ")}, '')`;
}

function grpcFailures(): string[] {
  return Object.entries(GRPC_FAILURES).flatMap(([name, code]) => [quote(name), quote(`${code}`)]);
}
