/**
 * DNS questions with their answers, as one observation point saw them in one window: one row for each client, server,
 * name, type and response code. Column arrays, one typed array a property; counters are deltas, so rows add up.
 *
 * Addresses are 16 bytes each, row after row; IPv4 is mapped (RFC 4291 section 2.5.5.2). Times are microseconds.
 */
export interface DnsRows {
  readonly count: number;
  /** Start of the 10 s window of the answers (unanswered: of the questions), Unix seconds. */
  readonly windowStarts: Uint32Array;
  readonly clientAddresses: Uint8Array;
  /** As the client asked here: the Service's address on the client's veth, a backend's behind the translation. */
  readonly serverAddresses: Uint8Array;
  readonly serverPorts: Uint16Array;
  /** IANA protocol number: UDP or TCP. */
  readonly protocols: Uint8Array;
  readonly interfaceIndexes: Int32Array;
  /** DIRECTION_ of the question. */
  readonly directions: Uint8Array;
  /** In presentation form, lower case, without the last dot (RFC 1035 section 5.1); `names[row]`. */
  readonly names: readonly string[];
  /** QTYPE (RFC 1035 section 3.2.3). */
  readonly types: Uint16Array;
  /** RCODE (RFC 1035 section 4.1.1), or {@link DNS_UNANSWERED}. */
  readonly codes: Uint8Array;
  readonly questions: Float64Array;
  /** From question to answer: sum and longest of the row; 0 for what nobody answered. */
  readonly latencySumUs: Float64Array;
  readonly latencyMaxUs: Float64Array;
}

/** In place of a response code: no answer within {@link DNS_TIMEOUT_SECONDS}. */
export const DNS_UNANSWERED = 255;

/** What resolvers wait before they ask again (resolv.conf(5), timeout). */
export const DNS_TIMEOUT_SECONDS = 5;
