/** How a conversation came out, as its initiator saw it. */
export type ConversationOutcome = "ok" | "refused" | "timeout" | "reset" | "unreachable";

/** What a workload meant to reach when it dialled. */
export interface ConversationTarget {
  /** Empty for what is no object of the cluster. */
  readonly namespace: string;
  readonly name: string;
  readonly kind: "Service" | "Pod" | "External";
}

/** The pod (or the host outside) that starts conversations. */
export interface Initiator {
  readonly namespace: string;
  readonly pod: string;
  readonly workload: string;
  /** `Deployment`, `StatefulSet`, `Job`, or `External` for the host outside. */
  readonly workloadKind: string;
  readonly node: string;
}

/**
 * One conversation that a workload started, one JSON line of the ledger. An entry whose `endedUs` is null is a
 * snapshot of one that still runs; a later line of the same id replaces it.
 */
export interface LedgerEntry extends Initiator {
  /** Unique in a lab: `namespace/pod/number`. */
  readonly id: string;
  readonly protocol: "tcp" | "udp";
  readonly localAddress: string;
  readonly localPort: number;
  /** As dialled: a Service's virtual address, a node's address, a pod's or an outside one. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly target: ConversationTarget;
  /** Microseconds since the epoch by the wall clock; its resolution is a millisecond. */
  readonly startedUs: number;
  readonly endedUs: number | null;
  /** Layer-4 payload that the workload sent and received; retransmissions are not in it. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly outcome: ConversationOutcome;
  /** What the lab's policies should make of it. */
  readonly expect: "allowed" | "denied";
  /** `namespace/pod` of the pod that answered, where the protocol says it. */
  readonly servedBy?: string;
}
