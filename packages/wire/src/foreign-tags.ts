// The tags in which Jaeger and Zipkin carry what OTLP has fields for.
// https://opentelemetry.io/docs/specs/otel/common/mapping-to-non-otlp/

import { type AttributeValue, SpanKind, StatusCode } from "@culprit/trace-model";

export const KIND_NAMES: readonly string[] = [
  "unspecified",
  "internal",
  "server",
  "client",
  "producer",
  "consumer",
];

/** undefined for a name that is no kind. */
export function kindOfName(name: string): SpanKind | undefined {
  const kind = KIND_NAMES.indexOf(name.toLowerCase());
  return kind <= SpanKind.unspecified ? undefined : kind;
}

/** undefined where there is nothing to say. */
export function nameOfKind(kind: SpanKind): string | undefined {
  return kind === SpanKind.unspecified ? undefined : KIND_NAMES[kind];
}

export const STATUS_NAMES: readonly string[] = ["UNSET", "OK", "ERROR"];

export function statusOfName(name: string): StatusCode | undefined {
  const code = STATUS_NAMES.indexOf(name.toUpperCase());
  return code < 0 ? undefined : code;
}

export function nameOfStatus(code: StatusCode): string | undefined {
  return code === StatusCode.unset ? undefined : STATUS_NAMES[code];
}

export interface ForeignFields {
  readonly kind: SpanKind;
  readonly statusCode: StatusCode;
  readonly statusMessage: string;
  readonly traceState: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
}

/**
 * Takes out of the tags what has a field. A tag whose value fits no field stays, and so does `error` when it does not
 * say that the span failed or when `otel.status_code` says otherwise.
 */
export function takeFields(tags: Map<string, AttributeValue>): ForeignFields {
  const take = <T>(key: string, read: (text: string) => T | undefined): T | undefined => {
    const value = tags.get(key);
    const taken = typeof value === "string" ? read(value) : undefined;
    if (taken !== undefined) tags.delete(key);
    return taken;
  };
  const asIs = (text: string) => text;
  const kind = take("span.kind", kindOfName) ?? SpanKind.unspecified;
  let statusCode = take("otel.status_code", statusOfName);
  const error = tags.get("error");
  if (error === true || error === "true") {
    statusCode ??= StatusCode.error;
    if (statusCode === StatusCode.error) tags.delete("error");
  }
  return {
    kind,
    statusCode: statusCode ?? StatusCode.unset,
    statusMessage: take("otel.status_description", asIs) ?? "",
    traceState: take("w3c.tracestate", asIs) ?? "",
    scopeName: take("otel.scope.name", asIs) ?? take("otel.library.name", asIs) ?? "",
    scopeVersion: take("otel.scope.version", asIs) ?? take("otel.library.version", asIs) ?? "",
  };
}
