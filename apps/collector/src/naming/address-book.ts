import type { EntityKind } from "@hopline/api";

/** One end of a connection as it is stored (packages/store, HOP_IDENTITY_COLUMNS). */
export interface NamedEnd {
  readonly kind: EntityKind;
  readonly namespace: string;
  readonly workloadKind: string;
  /** Workload, node or service name; the textual address for external and unknown. */
  readonly name: string;
  /** Empty where the end is no pod. */
  readonly pod: string;
  /** Node on which the address is, empty where not known or outside the cluster. */
  readonly node: string;
}

/** Who had an address at a time. */
export interface AddressOwner {
  readonly end: NamedEnd;
  /** A pod with an interface of its own, not one on its node's network. */
  readonly ownsInterface: boolean;
  /** The cluster's watch may be about to tell better. */
  readonly pending: boolean;
  /** One stretch of time and one object for it: who is named so at two times is so in between. */
  readonly isLasting: boolean;
}

export interface DialledService {
  readonly namespace: string;
  readonly name: string;
  readonly portName: string;
}

/**
 * What addresses (text, or 16 bytes with IPv4 mapped) were at a time (milliseconds since the Unix epoch). Answers at
 * once, from memory.
 */
export interface AddressBook {
  /** False before the cluster was read for the first time and where nothing of it is known from before. */
  readonly isReady: boolean;
  /** @param port with `protocol` (IANA number): tells a host-network pod from its node. 0 for clients. */
  ownerAt(address: string | Uint8Array, timeMs: number, port: number, protocol: number): AddressOwner;
  /** The Service that somebody dialled by this address and port. */
  serviceAt(
    address: string | Uint8Array,
    port: number,
    protocol: number,
    timeMs: number,
  ): DialledService | undefined;
}
