// GET /api/culprit/finding-kinds: what the parameter `finding` of a search takes.

import { z } from "zod";

export interface FindingKinds {
  /** In the order in which a verdict lists them. */
  kinds: string[];
}

export const findingKinds: z.ZodType<FindingKinds> = z.object({ kinds: z.array(z.string()) });
