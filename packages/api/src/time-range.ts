import { z } from "zod";

/** Milliseconds since the Unix epoch. */
export const timeMsSchema = z.coerce
  .number()
  .int()
  .nonnegative()
  .meta({ description: "Milliseconds since the Unix epoch" });

/** `from` inclusive, `to` exclusive. Absent `to` is now; absent `from` is fifteen minutes before `to`. */
export const timeRangeQuerySchema = z.object({
  from: timeMsSchema.optional(),
  to: timeMsSchema.optional(),
});

/** The range that an answer covers, after defaults and alignment to the table it was read from. */
export const timeRangeSchema = z.object({ from: timeMsSchema, to: timeMsSchema });
export type TimeRange = z.output<typeof timeRangeSchema>;

export const DEFAULT_RANGE_MS = 15 * 60_000;
