/** One connection to capture in full, in both directions, whichever end is which; or all to one port of an end. */
export interface FocusTuple {
  /** IP protocol number of TCP, UDP or SCTP. */
  readonly protocol: number;
  /** 16 bytes each, IPv4 as ::ffff:a.b.c.d. */
  readonly addressA: Uint8Array;
  readonly addressB: Uint8Array;
  /** One of the two may be 0: any. */
  readonly portA: number;
  readonly portB: number;
}

/** More make the kernel's filter slow. A connection that is translated takes two. */
export const MOST_FOCUS_TUPLES = 8;
