import { auditActionSchema, auditSortSchema } from "@hopline/api";
import { parseAsArrayOf, parseAsString, parseAsStringLiteral } from "nuqs/server";

/** The record itself, and who looked at it. */
export const AUDIT_VIEWS = ["record", "log"] as const;

/** What the audit page's address holds besides the filter and the time span. */
export const auditParams = {
  sort: parseAsStringLiteral(auditSortSchema.options).withDefault("concern"),
  /** Words of packages/api's conformanceSchema; passed on as they stand. */
  conformance: parseAsArrayOf(parseAsString).withDefault([]),
  /** `namespace/name` of a pod at either end. */
  pod: parseAsString,
  show: parseAsStringLiteral(AUDIT_VIEWS).withDefault("record"),
  /** Of the access log: part of who it was, and what they did. */
  who: parseAsString.withDefault(""),
  did: parseAsStringLiteral(auditActionSchema.options),
};
