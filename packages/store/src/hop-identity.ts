import {
  COMPLETENESS_COLUMNS,
  type ColumnSpec,
  type ColumnsOf,
  DNS_COLUMNS,
  DROP_COLUMNS,
  HOP_COLUMNS,
} from "@hopline/batch";

/** Who both ends of a row are. */
const END_COLUMNS = {
  /** `workload`, `node`, `service`, `external` or `unknown` (packages/api, entityKindSchema). */
  client_kind: "string",
  /** Kubernetes namespace; empty for node, external and unknown. */
  client_namespace: "string",
  /** `Deployment`, `StatefulSet`, …; empty for all but workloads. */
  client_workload_kind: "string",
  /** The entity's name: workload, node or service name; the textual address for external and unknown. Never empty. */
  client_workload: "string",
  /** Pod name; empty where the end is no pod. */
  client_pod: "string",
  /** Node on which the end lives; empty where not known or outside the cluster. */
  client_node: "string",
  server_kind: "string",
  server_namespace: "string",
  server_workload_kind: "string",
  server_workload: "string",
  server_pod: "string",
  server_node: "string",
} as const satisfies ColumnSpec;

const SERVICE_COLUMNS = {
  /** The Service that the client dialled; all three empty where it dialled none. */
  service_namespace: "string",
  service_name: "string",
  service_port_name: "string",
} as const satisfies ColumnSpec;

/**
 * What the collector adds to each row of an agent's `hops` batch before it is stored.
 *
 * An end (`client_*`, `server_*`) is named as of the row's time. The client is named by the *original* tuple
 * (`original_client_address`: the outside host behind a NodePort's SNAT, the pod behind a masquerade), the server by
 * the tuple that it sees itself (`server_address`).
 */
export const HOP_IDENTITY_COLUMNS = {
  /** The node whose agent counted this row. */
  node: "string",
  ...END_COLUMNS,
  ...SERVICE_COLUMNS,
  /**
   * 1 for the rows of exactly one observation point per connection and direction, 0 for all others, so that sums over
   * reporters count each byte once. The client's own veth where there is one; else the point nearest to the client.
   */
  reporter: "u8",
  /** `allowed`, `denied` or `undetermined`. */
  verdict: "string",
  /** Why: a verdict record of packages/policy as JSON, or a plain sentence where nothing was judged. */
  verdict_reason: "string",
} as const satisfies ColumnSpec;

export type HopIdentityColumns = ColumnsOf<typeof HOP_IDENTITY_COLUMNS>;

/** Columns of the Arrow stream that {@link Store.insertHops} takes; order does not matter. */
export const STORED_HOP_COLUMNS = { ...HOP_COLUMNS, ...HOP_IDENTITY_COLUMNS } as const satisfies ColumnSpec;

/** What the collector adds to each row of a `completeness` batch, out of the batch's header. */
export const COMPLETENESS_IDENTITY_COLUMNS = {
  node: "string",
  boot_id: "string",
  agent_version: "string",
} as const satisfies ColumnSpec;

export type CompletenessIdentityColumns = ColumnsOf<typeof COMPLETENESS_IDENTITY_COLUMNS>;

/** Columns of the Arrow stream that {@link Store.insertCompleteness} takes; order does not matter. */
export const STORED_COMPLETENESS_COLUMNS = {
  ...COMPLETENESS_COLUMNS,
  ...COMPLETENESS_IDENTITY_COLUMNS,
} as const satisfies ColumnSpec;

/**
 * What the collector adds to each row of a `dns` batch. Both ends as this hop saw them: the server of a question to a Service
 * is the Service at the client's veth and a backend behind the translation.
 */
export const DNS_IDENTITY_COLUMNS = {
  node: "string",
  ...END_COLUMNS,
  /** 1 for the rows of one observation point of each question, as in {@link HOP_IDENTITY_COLUMNS}. */
  reporter: "u8",
} as const satisfies ColumnSpec;

export type DnsIdentityColumns = ColumnsOf<typeof DNS_IDENTITY_COLUMNS>;

/** Columns of the Arrow stream that {@link Store.insertDns} takes; order does not matter. */
export const STORED_DNS_COLUMNS = { ...DNS_COLUMNS, ...DNS_IDENTITY_COLUMNS } as const satisfies ColumnSpec;

/**
 * What the collector adds to each row of a `drops` batch, named and judged as the hops of its connection are; `unknown` and
 * empty for a row of no connection.
 */
export const DROP_IDENTITY_COLUMNS = {
  /** The node whose agent has the evidence. */
  node: "string",
  ...END_COLUMNS,
  ...SERVICE_COLUMNS,
  /** The policy that the evidence itself names (packages/policy, drop prefix); all four empty where it names none. */
  policy_kind: "string",
  policy_namespace: "string",
  policy_name: "string",
  /** `ingress` or `egress`. */
  policy_direction: "string",
  verdict: "string",
  verdict_reason: "string",
} as const satisfies ColumnSpec;

export type DropIdentityColumns = ColumnsOf<typeof DROP_IDENTITY_COLUMNS>;

/** Columns of the Arrow stream that {@link Store.insertDrops} takes; order does not matter. */
export const STORED_DROP_COLUMNS = {
  ...DROP_COLUMNS,
  ...DROP_IDENTITY_COLUMNS,
} as const satisfies ColumnSpec;
