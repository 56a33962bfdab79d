// Attributes by meaning, in the names of OpenTelemetry's conventions and in those they had before.
// https://opentelemetry.io/docs/specs/semconv/

import {
  AttributeKeys,
  type Attributes,
  type AttributeValue,
  type SearchedAttributes,
  type Span,
  type SpanEvent,
} from "@culprit/trace-model";

export const HTTP_STATUS: AttributeKeys = new AttributeKeys(
  "http.response.status_code",
  "http.status_code",
);
export const GRPC_STATUS: AttributeKeys = new AttributeKeys(
  "rpc.grpc.status_code",
  "rpc.response.status_code",
  "grpc.status_code",
);
export const DATABASE: AttributeKeys = new AttributeKeys("db.system.name", "db.system", "db.type");
export const DATABASE_STATUS: AttributeKeys = new AttributeKeys("db.response.status_code");
export const STATEMENT: AttributeKeys = new AttributeKeys("db.query.text", "db.statement");
export const DATABASE_OPERATION: AttributeKeys = new AttributeKeys(
  "db.operation.name",
  "db.operation",
);
export const QUERY_SUMMARY: AttributeKeys = new AttributeKeys("db.query.summary");
export const COLLECTION: AttributeKeys = new AttributeKeys(
  "db.collection.name",
  "db.sql.table",
  "db.mongodb.collection",
  "db.cassandra.table",
);
export const HTTP_METHOD: AttributeKeys = new AttributeKeys("http.request.method", "http.method");
export const URL_FULL: AttributeKeys = new AttributeKeys("url.full", "http.url");
export const URL_PATH: AttributeKeys = new AttributeKeys("url.path", "http.target");
export const URL_TEMPLATE: AttributeKeys = new AttributeKeys("url.template", "http.route");
export const RPC_SERVICE: AttributeKeys = new AttributeKeys("rpc.service");
export const RPC_METHOD: AttributeKeys = new AttributeKeys("rpc.method");
export const COLD_START: AttributeKeys = new AttributeKeys("faas.coldstart");
export const ERROR_TYPE: AttributeKeys = new AttributeKeys("error.type");
export const EXCEPTION_TYPE: AttributeKeys = new AttributeKeys("exception.type", "error.kind");
export const EXCEPTION_MESSAGE: AttributeKeys = new AttributeKeys("exception.message");

/** Exporters that know no names of events send one with the attributes of an exception (Python's of Thrift does). */
export function isException({ name, attributes }: SpanEvent): boolean {
  return name === "exception" || attributes.has("exception.type");
}

export function firstValue(
  attributes: Attributes,
  keys: AttributeKeys,
): AttributeValue | undefined {
  if ("first" in attributes) return (attributes as SearchedAttributes).first(keys);
  for (const key of keys.keys) {
    const value = attributes.get(key);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** Strings, numbers and booleans as text; undefined where there is none or it is empty. */
export function firstText(attributes: Attributes, keys: AttributeKeys): string | undefined {
  if ("firstText" in attributes) return (attributes as SearchedAttributes).firstText(keys);
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
