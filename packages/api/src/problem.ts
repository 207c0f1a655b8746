import { z } from "zod";

/** Every answer that is not 2xx: problem details (RFC 9457) with our stable code. */
export const problemSchema = z.object({
  /** Stable, e.g. `QUERY_INVALID`, `STORE_UNAVAILABLE`, `TOKEN_REJECTED`, `NOT_FOUND`. */
  code: z.string(),
  status: z.number().int(),
  /** One sentence: what and where. */
  title: z.string(),
  /** One sentence: what to do. */
  detail: z.string().optional(),
});
export type Problem = z.output<typeof problemSchema>;
