import { z } from "zod";
import { parseNetwork } from "./ip-address.js";
import { FIRST_PORT, LAST_PORT } from "./protocol.js";

export const protocolSchema = z.enum(["TCP", "UDP", "SCTP"]);

export const portSchema = z
  .int("is no port number")
  .min(FIRST_PORT, `is less than ${FIRST_PORT}`)
  .max(LAST_PORT, `is more than ${LAST_PORT}`);

/** IANA service name (RFC 6335 section 5.1): up to 15 characters, at least one of them a letter. */
export const portNameSchema = z
  .string()
  .refine(
    (name) => /^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(name) && !name.includes("--"),
    "is no port name (up to 15 lower-case letters, digits and single hyphens, one letter at least)",
  );

export const cidrSchema = z
  .string()
  .refine((cidr) => parseNetwork(cidr) !== undefined, "is no network in CIDR notation");

/** As far as zod's refinements are given it. */
interface IssueContext {
  readonly addIssue: (issue: { code: "custom"; message: string; path?: PropertyKey[] }) => void;
}

/** Adds an issue to a range of ports that is none: of one port the admin tiers want the number. */
export function endAfterStart({ start, end }: { start: number; end: number }, context: IssueContext): void {
  if (end > start) return;
  context.addIssue({ code: "custom", path: ["end"], message: `is not more than start ${start}` });
}

/** Adds an issue unless exactly one of the fields is there. */
export function exactlyOne(value: Readonly<Record<string, unknown>>, context: IssueContext): void {
  const fields = Object.keys(value).filter((field) => value[field] !== undefined && value[field] !== null);
  if (fields.length === 1) return;
  const message =
    fields.length === 0 ? "is empty" : `has ${fields.join(" and ")}, of which only one may be there`;
  context.addIssue({ code: "custom", message });
}
