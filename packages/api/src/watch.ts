import { z } from "zod";

/** The most watches at one time, and how long one may last, seconds. */
export const MOST_WATCHES = 4;
export const LONGEST_WATCH_SECONDS = 600;

const addressSchema = z.union([z.ipv4(), z.ipv6()], "take an IP address");
const portSchema = z.int().min(1).max(65_535);

/** Connections from one address to another's port, which agents are to capture at every interface they pass. */
export const watchRequestSchema = z.object({
  client: addressSchema,
  /** The receiver's own address, or a Service's. */
  server: addressSchema,
  port: portSchema,
  protocol: z.enum(["tcp", "udp", "sctp"]),
  forSeconds: z.int().min(1).max(LONGEST_WATCH_SECONDS),
});
export type WatchRequest = z.output<typeof watchRequestSchema>;

export const watchSchema = watchRequestSchema.extend({
  id: z.string(),
  /** What is looked for: the address dialled, and those that a Service was seen to lead to. */
  servers: z.array(z.object({ address: z.string(), port: z.number() })),
  /** Milliseconds since the Unix epoch. */
  from: z.number(),
  until: z.number(),
});
export type Watch = z.output<typeof watchSchema>;

export const watchesAnswerSchema = z.object({ watches: z.array(watchSchema) });
