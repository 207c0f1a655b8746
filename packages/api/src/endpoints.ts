import { z } from "zod";
import { entitySchema } from "./entity.js";
import { timeMsSchema } from "./time-range.js";

export const endpointsQuerySchema = z.object({
  /** As of when; now where absent. */
  at: timeMsSchema.optional(),
  /** Part of a name or an address. */
  q: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(5000).default(500),
});

/** Who had an address, and when. */
export const endpointSchema = z.object({
  address: z.string(),
  entity: entitySchema,
  pod: z.string(),
  node: z.string(),
  from: timeMsSchema,
  to: timeMsSchema.nullable(),
});

export const endpointsAnswerSchema = z.object({
  at: timeMsSchema,
  endpoints: z.array(endpointSchema),
  total: z.number().int(),
});
export type EndpointsAnswer = z.output<typeof endpointsAnswerSchema>;
