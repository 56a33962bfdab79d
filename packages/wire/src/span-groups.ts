import type { Resource, Scope, Span } from "@culprit/trace-model";

export interface ScopeGroup {
  readonly scope: Scope;
  readonly spans: readonly Span[];
}

export interface ResourceGroup {
  readonly resource: Resource;
  readonly scopes: readonly ScopeGroup[];
}

/**
 * Spans as OTLP nests them: by resource, then by scope, by identity and in order of first appearance. (Two objects of
 * equal content make two groups, which say the same.)
 */
export function groupSpans(spans: readonly Span[]): readonly ResourceGroup[] {
  const byResource = new Map<Resource, Map<Scope, Span[]>>();
  for (const span of spans) {
    let byScope = byResource.get(span.resource);
    if (byScope === undefined) {
      byScope = new Map();
      byResource.set(span.resource, byScope);
    }
    const group = byScope.get(span.scope);
    if (group === undefined) byScope.set(span.scope, [span]);
    else group.push(span);
  }
  return Array.from(byResource, ([resource, byScope]) => ({
    resource,
    scopes: Array.from(byScope, ([scope, group]) => ({ scope, spans: group })),
  }));
}
