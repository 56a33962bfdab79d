// Jaeger's references to a parent and links, for every form in which Jaeger's spans come.

import {
  type Attributes,
  type AttributeValue,
  NO_ATTRIBUTES,
  type SpanLink,
} from "@culprit/trace-model";
import { CHILD_OF, FOLLOWS_FROM, REFERENCE_KEY } from "./jaeger-json.ts";

export interface Reference {
  readonly refType: "CHILD_OF" | "FOLLOWS_FROM";
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
}

export interface Relations {
  /** "" for none. */
  readonly parentSpanId: string;
  readonly links: readonly SpanLink[];
}

/**
 * The parent is the first CHILD_OF of the same trace, else `parentSpanId` when there is one, else the first
 * FOLLOWS_FROM of the same trace. All other references are links. A parent that was only followed stays a link as
 * well, with `opentracing.ref_type`: such a parent does not wait for this span.
 */
export function relationsOf(
  traceId: string,
  references: readonly Reference[],
  parentSpanId: string,
): Relations {
  const inTrace = (type: Reference["refType"]) =>
    references.find((reference) => reference.refType === type && reference.traceId === traceId);
  const child = inTrace("CHILD_OF");
  const followed = child === undefined && parentSpanId === "" ? inTrace("FOLLOWS_FROM") : undefined;
  return {
    parentSpanId: child?.spanId ?? followed?.spanId ?? parentSpanId,
    links: references
      .filter((reference) => reference !== child)
      .map((reference) => ({
        traceId: reference.traceId,
        spanId: reference.spanId,
        traceState: "",
        attributes: attributesOf(reference, reference === followed),
        droppedAttributesCount: 0,
        flags: 0,
      })),
  };
}

function attributesOf(reference: Reference, isParent: boolean): Attributes {
  if (reference.refType === "CHILD_OF") return typed(CHILD_OF);
  return isParent ? typed(FOLLOWS_FROM) : NO_ATTRIBUTES;
}

function typed(type: string): Attributes {
  return new Map<string, AttributeValue>([[REFERENCE_KEY, type]]);
}
