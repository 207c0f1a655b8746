import { ADDRESS_BYTES } from "@hopline/packet";

/**
 * A 5-tuple with a direction. Mutable, and made to be reused: one object serves a whole column of rows.
 * For ICMP echo both ports hold the identifier; for protocols without ports both are 0.
 */
export interface Tuple {
  /** IANA protocol number. */
  protocol: number;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  sourcePort: number;
  destinationPort: number;
}

export function emptyTuple(): Tuple {
  return {
    protocol: 0,
    source: new Uint8Array(ADDRESS_BYTES),
    destination: new Uint8Array(ADDRESS_BYTES),
    sourcePort: 0,
    destinationPort: 0,
  };
}

/** Copies one address between byte columns; a loop, because `set(subarray())` makes an object a row. */
export function copyAddress(
  from: Uint8Array,
  fromOffset: number,
  into: Uint8Array,
  intoOffset: number,
): void {
  for (let index = 0; index < ADDRESS_BYTES; index++) into[intoOffset + index] = from[fromOffset + index]!;
}

/** Turns `tuple` round: what a packet in the other direction carries. */
export function copyReversed(from: Tuple, into: Tuple): void {
  into.protocol = from.protocol;
  copyAddress(from.source, 0, into.destination, 0);
  copyAddress(from.destination, 0, into.source, 0);
  into.sourcePort = from.destinationPort;
  into.destinationPort = from.sourcePort;
}

export function copyTuple(from: Tuple, into: Tuple): void {
  into.protocol = from.protocol;
  copyAddress(from.source, 0, into.source, 0);
  copyAddress(from.destination, 0, into.destination, 0);
  into.sourcePort = from.sourcePort;
  into.destinationPort = from.destinationPort;
}
