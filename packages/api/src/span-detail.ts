// GET /api/culprit/traces/{id}/spans/{spanId}

import { z } from "zod";
import { duration, unixNano } from "./units.ts";

const ATTRIBUTE_TYPES = [
  "string",
  "bool",
  "int64",
  "double",
  "bytes",
  "array",
  "map",
  "null",
] as const;
const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;
const STATUS_CODES = ["unset", "ok", "error"] as const;

export interface Attribute {
  key: string;
  type: (typeof ATTRIBUTE_TYPES)[number];
  /** As text; arrays and maps as JSON, bytes as base64. */
  value: string;
}

export interface SpanDetail {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  service: string;
  operation: string;
  kind: (typeof KINDS)[number];
  startUnixNano: string;
  durationNanos: number;
  status: { code: (typeof STATUS_CODES)[number]; message: string };
  traceState: string;
  flags: number;
  attributes: Attribute[];
  events: { timeUnixNano: string; name: string; attributes: Attribute[] }[];
  links: { traceId: string; spanId: string; attributes: Attribute[] }[];
  resource: Attribute[];
  scope: { name: string; version: string; attributes: Attribute[] };
  warnings: string[];
}

export const attribute: z.ZodType<Attribute> = z.object({
  key: z.string(),
  type: z.enum(ATTRIBUTE_TYPES),
  value: z.string(),
});

const attributes = z.array(attribute);

export const spanDetail: z.ZodType<SpanDetail> = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().nullable(),
  service: z.string(),
  operation: z.string(),
  kind: z.enum(KINDS),
  startUnixNano: unixNano,
  durationNanos: duration,
  status: z.object({ code: z.enum(STATUS_CODES), message: z.string() }),
  traceState: z.string(),
  flags: z.number(),
  attributes,
  events: z.array(z.object({ timeUnixNano: unixNano, name: z.string(), attributes })),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string(), attributes })),
  resource: attributes,
  scope: z.object({ name: z.string(), version: z.string(), attributes }),
  warnings: z.array(z.string()),
});
