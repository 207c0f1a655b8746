import { EVIDENCE_COLUMNS } from "../conformance-evidence.js";
import type { Migration } from "../migration.js";
import { ON_CLUSTER } from "../table-engine.js";

const COLUMNS = Object.entries(EVIDENCE_COLUMNS).map(
  ([name, { type, aggregate, sql }]) =>
    `ADD COLUMN IF NOT EXISTS ${name} SimpleAggregateFunction(${aggregate}, ${type}) DEFAULT ${sql}`,
);

/**
 * What conformance is made of, in columns of its own. The views do not name them: each row that they insert takes the default,
 * and so do rows that were there before, as they are read or merged.
 */
export const conformanceEvidence: Migration = {
  number: 15,
  name: "conformance_evidence",
  statements: [`ALTER TABLE connections ${ON_CLUSTER}\n  ${COLUMNS.join(",\n  ")}`],
};
