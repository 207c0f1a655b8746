import type { ColumnSpec, ColumnsOf } from "./columns.js";

/**
 * Columns of a `dns` batch, in order: one row = client × server × name × type × response code × observation point × window
 * (packages/flow, DnsRows). Both ends stand as this observation point saw them: at the client's veth the Service's address,
 * behind the translation a backend's.
 */
export const DNS_COLUMNS = {
  /** Unix seconds, a multiple of 10. */
  window_start: "u32",
  interface_index: "i32",
  interface: "string",
  /** `pod`, `bridge`, `tunnel`, `uplink`, `host` or `unknown`. */
  role: "string",
  /** Of the question: 0 ingress (into the node from that interface), 1 egress, 2 unknown. */
  direction: "u8",
  /** Role `pod`: the pod's address behind this veth; all zero where not known or not a pod's. */
  attached_address: "addr",
  /** IANA number: 17 or 6. */
  protocol: "u8",
  client_address: "addr",
  server_address: "addr",
  server_port: "u16",
  /** Presentation form, lower case, without the last dot (RFC 1035 section 5.1). At most 65,536 distinct in a batch. */
  name: "string",
  /** QTYPE (RFC 1035 section 3.2.3). */
  type: "u16",
  /** RCODE (RFC 1035 section 4.1.1); 255 where no answer came within five seconds. */
  code: "u8",
  questions: "f64",
  /** From question to answer, microseconds: sum and longest; 0 for what nobody answered. */
  latency_sum_us: "f64",
  latency_max_us: "f64",
} as const satisfies ColumnSpec;

export type DnsColumns = ColumnsOf<typeof DNS_COLUMNS>;
