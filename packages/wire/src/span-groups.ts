import type { Resource, Scope, Span } from "@culprit/trace-model";
import { keyValuesOf } from "./otlp-json-values.ts";

export interface ScopeGroup {
  readonly scope: Scope;
  readonly spans: readonly Span[];
}

export interface ResourceGroup {
  readonly resource: Resource;
  readonly scopes: readonly ScopeGroup[];
}

/** Spans as OTLP nests them: by resource, then by scope, equal by content, in order of first appearance. */
export function groupSpans(spans: readonly Span[]): readonly ResourceGroup[] {
  const keys = new Map<Resource | Scope, string>();
  const keyOf = (shared: Resource | Scope): string => {
    let key = keys.get(shared);
    if (key === undefined) {
      key = JSON.stringify({ ...shared, attributes: keyValuesOf(shared.attributes) });
      keys.set(shared, key);
    }
    return key;
  };
  const groups = new Map<string, { resource: Resource; scopes: Map<string, ScopeSpans> }>();
  for (const span of spans) {
    const resourceKey = keyOf(span.resource);
    let group = groups.get(resourceKey);
    if (group === undefined) {
      group = { resource: span.resource, scopes: new Map() };
      groups.set(resourceKey, group);
    }
    const scopeKey = keyOf(span.scope);
    const scope = group.scopes.get(scopeKey);
    if (scope === undefined) group.scopes.set(scopeKey, { scope: span.scope, spans: [span] });
    else scope.spans.push(span);
  }
  return Array.from(groups.values(), ({ resource, scopes }) => ({
    resource,
    scopes: [...scopes.values()],
  }));
}

interface ScopeSpans {
  readonly scope: Scope;
  readonly spans: Span[];
}
