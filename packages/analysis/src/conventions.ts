// Attributes by meaning, in the names of OpenTelemetry's conventions and in those they had before.
// https://opentelemetry.io/docs/specs/semconv/

import type { Attributes, AttributeValue, SearchedAttributes, Span } from "@culprit/trace-model";

export const HTTP_STATUS: readonly string[] = ["http.response.status_code", "http.status_code"];
export const GRPC_STATUS: readonly string[] = [
  "rpc.grpc.status_code",
  "rpc.response.status_code",
  "grpc.status_code",
];
export const DATABASE: readonly string[] = ["db.system.name", "db.system", "db.type"];
export const DATABASE_STATUS: readonly string[] = ["db.response.status_code"];
export const STATEMENT: readonly string[] = ["db.query.text", "db.statement"];
export const DATABASE_OPERATION: readonly string[] = ["db.operation.name", "db.operation"];
export const QUERY_SUMMARY: readonly string[] = ["db.query.summary"];
export const COLLECTION: readonly string[] = [
  "db.collection.name",
  "db.sql.table",
  "db.mongodb.collection",
  "db.cassandra.table",
];
export const HTTP_METHOD: readonly string[] = ["http.request.method", "http.method"];
export const URL_FULL: readonly string[] = ["url.full", "http.url"];
export const URL_PATH: readonly string[] = ["url.path", "http.target"];
export const URL_TEMPLATE: readonly string[] = ["url.template", "http.route"];
export const RPC_SERVICE: readonly string[] = ["rpc.service"];
export const RPC_METHOD: readonly string[] = ["rpc.method"];
export const COLD_START: readonly string[] = ["faas.coldstart"];
export const ERROR_TYPE: readonly string[] = ["error.type"];
export const EXCEPTION_TYPE: readonly string[] = ["exception.type", "error.kind"];
export const EXCEPTION_MESSAGE: readonly string[] = ["exception.message"];

export const EXCEPTION_EVENT = "exception";

export function firstValue(
  attributes: Attributes,
  keys: readonly string[],
): AttributeValue | undefined {
  if ("first" in attributes) return (attributes as SearchedAttributes).first(keys);
  for (const key of keys) {
    const value = attributes.get(key);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** Strings, numbers and booleans as text; undefined where there is none or it is empty. */
export function firstText(attributes: Attributes, keys: readonly string[]): string | undefined {
  const value = firstValue(attributes, keys);
  if (value === undefined || value === "" || typeof value === "object") return undefined;
  return value?.toString();
}

/** Integers, doubles and their decimal texts. */
export function numberOf(value: AttributeValue | undefined): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" && /^\d+(\.\d+)?$/.test(value)) return Number(value);
  return undefined;
}

/** An answer's status as HTTP numbers it; undefined outside 100 to 599. */
export function httpStatus(span: Span): number | undefined {
  const status = numberOf(firstValue(span.attributes, HTTP_STATUS));
  return status !== undefined && status >= 100 && status < 600 ? status : undefined;
}

/** The gRPC status as text, a number or a name, unless it is OK. */
export function grpcFailure(span: Span): string | undefined {
  const status = firstText(span.attributes, GRPC_STATUS);
  return status === "0" || status?.toUpperCase() === "OK" ? undefined : status;
}

export function isDatabase(span: Span): boolean {
  return firstValue(span.attributes, DATABASE) !== undefined;
}

/** Waiting for a connection carries the database's attributes, too, but runs no query. */
export function isQuery(span: Span): boolean {
  if (!isDatabase(span)) return false;
  if (firstText(span.attributes, STATEMENT) !== undefined) return true;
  if (firstText(span.attributes, DATABASE_OPERATION) !== undefined) return true;
  return !/connect|acquire|pool/i.test(span.name);
}
