// Several spans of one id. Exporters resend after a lost answer (equal content: one span); Zipkin gives the client and
// the server of a call one id (two spans); anything else is a fault of the sender, of which one copy is kept.

import { type Span, SpanKind } from "./span.ts";
import { spanContent } from "./span-content.ts";

export interface DistinctSpans {
  readonly spans: readonly Span[];
  /** One an entry of `spans`, each once. */
  readonly ids: readonly string[];
  /** What a parent id means, as an index into `spans`. */
  readonly indexOf: ReadonlyMap<string, number>;
  /** Server halves of shared ids, with their client halves; both indexes into `spans`. */
  readonly clientOfServer: ReadonlyMap<number, number>;
  /** Indexes of spans that arrived in differing copies. */
  readonly differing: readonly number[];
}

export function distinctSpans(all: readonly Span[]): DistinctSpans {
  const spans: Span[] = [];
  const ids: string[] = [];
  const indexOf = new Map<string, number>();
  let copies: Map<number, Span[]> | undefined;
  for (const span of all) {
    const index = indexOf.get(span.spanId);
    if (index === undefined) {
      indexOf.set(span.spanId, spans.length);
      spans.push(span);
      ids.push(span.spanId);
    } else {
      copies ??= new Map();
      const group = copies.get(index);
      if (group === undefined) copies.set(index, [spans[index] as Span, span]);
      else group.push(span);
    }
  }
  if (copies === undefined) {
    return { spans, ids, indexOf, clientOfServer: NO_HALVES, differing: [] };
  }
  const clientOfServer = new Map<number, number>();
  const differing: number[] = [];
  // Ascending ids, so that a derived id which is already taken moves on in the same way each time.
  const groups = [...copies].sort(([a], [b]) => ((ids[a] as string) < (ids[b] as string) ? -1 : 1));
  for (const [index, group] of groups) {
    const id = ids[index] as string;
    const servers = group.filter((span) => span.kind === SpanKind.server);
    const shared = servers.length > 0 && group.some((span) => span.kind === SpanKind.client);
    const first = preferred(shared ? group.filter((span) => span.kind !== SpanKind.server) : group);
    spans[index] = first.span;
    if (first.differs) differing.push(index);
    if (shared) {
      const second = preferred(servers);
      if (second.differs) differing.push(spans.length);
      const derived = derivedId(id, indexOf);
      clientOfServer.set(spans.length, index);
      indexOf.set(derived, spans.length);
      // Children of a shared id were called by the server half.
      indexOf.set(id, spans.length);
      spans.push(second.span);
      ids.push(derived);
    }
  }
  return { spans, ids, indexOf, clientOfServer, differing };
}

const NO_HALVES: ReadonlyMap<number, number> = new Map();

interface Preferred {
  readonly span: Span;
  readonly differs: boolean;
}

/** The copy with the later end, then with more attributes, then with the lower content. */
function preferred(group: readonly Span[]): Preferred {
  let best = group[0] as Span;
  let bestContent: string | undefined;
  let differs = false;
  for (const span of group) {
    if (span === best) continue;
    bestContent ??= spanContent(best);
    const content = spanContent(span);
    if (content === bestContent) continue;
    differs = true;
    if (isBetter(span, content, best, bestContent)) {
      best = span;
      bestContent = content;
    }
  }
  return { span: best, differs };
}

function isBetter(span: Span, content: string, best: Span, bestContent: string): boolean {
  if (span.endUnixNano !== best.endUnixNano) return span.endUnixNano > best.endUnixNano;
  if (span.attributes.size !== best.attributes.size) {
    return span.attributes.size > best.attributes.size;
  }
  return content < bestContent;
}

/** FNV-1a over the id's digits and one letter: the same for the same id, and not another span's. */
function derivedId(id: string, taken: ReadonlyMap<string, number>): string {
  let text = `${id}s`;
  for (;;) {
    let hash = 0xcbf29ce484222325n;
    for (let i = 0; i < text.length; i++) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
    }
    const derived = hash.toString(16).padStart(16, "0");
    if (hash !== 0n && !taken.has(derived)) return derived;
    text += "s";
  }
}
