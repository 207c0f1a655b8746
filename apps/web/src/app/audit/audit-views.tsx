"use client";

import { useQueryStates } from "nuqs";
import { Segmented } from "../../components/controls/segmented";
import { auditParams } from "./search-params";

const VIEWS = [
  { value: "record", name: "Record" },
  { value: "log", name: "Access log" },
] as const;

/** What the audit page shows: the record, or who looked at it. */
export function AuditViews() {
  const [{ show }, setParams] = useQueryStates(auditParams, { history: "push" });
  return (
    <Segmented label="Shown" value={show} options={VIEWS} onChange={(value) => setParams({ show: value })} />
  );
}
