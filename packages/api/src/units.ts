import { z } from "zod";

/** A span by name and id. */
export interface SpanRef {
  service: string;
  operation: string;
  spanId: string;
}

export const spanRef: z.ZodType<SpanRef> = z.object({
  service: z.string(),
  operation: z.string(),
  spanId: z.string(),
});

/** Nanoseconds since the epoch as a decimal string: JSON numbers end at 2^53. */
export const unixNano: z.ZodType<string> = z.string().regex(/^\d+$/);

/** Nanoseconds. */
export const duration: z.ZodType<number> = z.number().nonnegative();
