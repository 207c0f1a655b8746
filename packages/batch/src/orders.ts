import { z } from "zod";

/** Connections from a client to a server's port that an agent is to capture at all of its interfaces for a while. */
export const watchOrderSchema = z.object({
  kind: z.literal("watch"),
  id: z.string(),
  /** IANA number of TCP, UDP or SCTP. */
  protocol: z.number(),
  client: z.string(),
  servers: z.array(z.object({ address: z.string(), port: z.number() })),
  /** How long it goes on, milliseconds. */
  remainingMs: z.number(),
});
export type WatchOrder = z.output<typeof watchOrderSchema>;

/** What a collector wants of an agent; kinds of a later version are passed over. */
export function parseOrders(value: unknown): WatchOrder[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one) => watchOrderSchema.safeParse(one).data ?? []);
}
