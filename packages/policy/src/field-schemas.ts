import { z } from "zod";
import { parseNetwork } from "./ip-address.js";

export const protocolSchema = z.enum(["TCP", "UDP", "SCTP"]);

export const portSchema = z
  .int("is no port number")
  .min(1, "is less than 1")
  .max(65535, "is more than 65535");

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

/** Adds an issue unless exactly one of the fields is there. */
export function exactlyOne(
  value: Readonly<Record<string, unknown>>,
  context: { addIssue: (issue: { code: "custom"; message: string }) => void },
): void {
  const fields = Object.keys(value).filter((field) => value[field] !== undefined && value[field] !== null);
  if (fields.length === 1) return;
  const message =
    fields.length === 0 ? "is empty" : `has ${fields.join(" and ")}, of which only one may be there`;
  context.addIssue({ code: "custom", message });
}
