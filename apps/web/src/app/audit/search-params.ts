import { auditSortSchema } from "@hopline/api";
import { parseAsArrayOf, parseAsString, parseAsStringLiteral } from "nuqs/server";

/** What the audit page's address holds besides the filter and the time span. */
export const auditParams = {
  sort: parseAsStringLiteral(auditSortSchema.options).withDefault("concern"),
  /** Words of packages/api's conformanceSchema; passed on as they stand. */
  conformance: parseAsArrayOf(parseAsString).withDefault([]),
  /** `namespace/name` of a pod at either end. */
  pod: parseAsString,
};
