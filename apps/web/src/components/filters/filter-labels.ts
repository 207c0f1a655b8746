import { conformanceSchema, outcomeSchema, protocolSchema, scopeSchema, verdictSchema } from "@hopline/api";
import type { Condition } from "../../filters/connection-filter";
import type { FilterName } from "../../filters/filter-params";
import { nameOfId } from "../entity/entity-name";

export const FILTER_LABELS: Record<FilterName, string> = {
  namespace: "Namespace",
  entity: "Either end",
  client: "Client",
  server: "Server",
  service: "Service",
  protocol: "Protocol",
  port: "Server port",
  node: "Node",
  scope: "Scope",
  outcome: "Outcome",
  verdict: "Verdict",
  conformance: "Policy",
  q: "Text",
};

/** Filters whose values are a fixed few. */
export const FIXED_VALUES: Partial<Record<FilterName, readonly string[]>> = {
  protocol: protocolSchema.options,
  scope: scopeSchema.options,
  outcome: outcomeSchema.options,
  verdict: verdictSchema.options,
  conformance: conformanceSchema.options,
};

/** A condition's value as people read it. */
export function valueLabel({ name, value }: Condition): string {
  return name === "entity" || name === "client" || name === "server" ? nameOfId(value) : value;
}
