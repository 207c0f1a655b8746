import { z } from "zod";
import { entityIdSchema, entitySchema } from "./entity.js";
import { listOf } from "./flows.js";
import { timeRangeQuerySchema, timeRangeSchema } from "./time-range.js";

/** In place of a response code: no answer within five seconds. */
export const DNS_UNANSWERED = 255;

export const dnsSortSchema = z.enum(["failures", "questions", "latency", "name"]);

export const dnsQuerySchema = timeRangeQuerySchema.extend({
  /** Clients in one of these namespaces. */
  namespace: listOf(z.string().min(1)),
  /** The client is this entity. */
  client: entityIdSchema.optional(),
  /** Part of the name. */
  name: z.string().max(255).optional(),
  /** Response code (RFC 1035 section 4.1.1): 0 no error, 2 server failure, 3 no such name, …; 255 unanswered. */
  code: z.coerce.number().int().min(0).max(255).optional(),
  /** `failures`: most failed questions first; `latency`: longest mean first; each with the other figures behind. */
  sort: dnsSortSchema.default("failures"),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  offset: z.coerce.number().int().min(0).max(100_000).default(0),
});
export type DnsQuery = z.output<typeof dnsQuerySchema>;

/** Questions for one name and type by one client to one server, over the time asked for. */
export const dnsNameSchema = z.object({
  /** Presentation form, lower case, without the last dot. */
  name: z.string(),
  /** QTYPE. */
  type: z.number().int(),
  client: entitySchema,
  server: entitySchema,
  /** Textual addresses of the server, as clients asked it; at most four. */
  serverAddresses: z.array(z.string()),
  questions: z.number(),
  /** Questions by response code, the most first. */
  codes: z.array(z.object({ code: z.number().int(), questions: z.number() })),
  /** Questions answered with an error, or not at all. */
  failures: z.number(),
  /** From question to answer, at the hop nearest to the client, microseconds; null where nothing was answered. */
  latencyMeanUs: z.number().nullable(),
  latencyMaxUs: z.number().nullable(),
  lastSeen: z.number(),
});
export type DnsName = z.output<typeof dnsNameSchema>;

export const dnsAnswerSchema = z.object({
  range: timeRangeSchema,
  names: z.array(dnsNameSchema),
  /** How many fit in all. */
  total: z.number().int(),
  /** Over all that fit. */
  questions: z.number(),
  failures: z.number(),
  unanswered: z.number(),
  latencyMeanUs: z.number().nullable(),
  latencyMaxUs: z.number().nullable(),
});
export type DnsAnswer = z.output<typeof dnsAnswerSchema>;

/** RFC 1035 section 4.1.1, RFC 2136 section 2.2. */
const CODES: ReadonlyMap<number, string> = new Map([
  [0, "NOERROR"],
  [1, "FORMERR"],
  [2, "SERVFAIL"],
  [3, "NXDOMAIN"],
  [4, "NOTIMP"],
  [5, "REFUSED"],
  [6, "YXDOMAIN"],
  [7, "YXRRSET"],
  [8, "NXRRSET"],
  [9, "NOTAUTH"],
  [10, "NOTZONE"],
  [DNS_UNANSWERED, "no answer"],
]);

export function dnsCodeText(code: number): string {
  return CODES.get(code) ?? `RCODE ${code}`;
}

/** RFC 1035 section 3.2.2, RFC 3596, RFC 2782, RFC 9460 and their kin. */
const TYPES: ReadonlyMap<number, string> = new Map([
  [1, "A"],
  [2, "NS"],
  [5, "CNAME"],
  [6, "SOA"],
  [12, "PTR"],
  [15, "MX"],
  [16, "TXT"],
  [28, "AAAA"],
  [33, "SRV"],
  [35, "NAPTR"],
  [43, "DS"],
  [46, "RRSIG"],
  [48, "DNSKEY"],
  [64, "SVCB"],
  [65, "HTTPS"],
  [255, "ANY"],
]);

export function dnsTypeText(type: number): string {
  return TYPES.get(type) ?? `TYPE${type}`;
}
