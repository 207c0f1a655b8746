import type { IsSampled } from "./row-sampling.js";

/** WebAssembly's memory ends at 4 GiB, and one piece of it at one. */
export const LARGEST_CAPACITY = 1 << 21;

export interface FlowTableOptions {
  /**
   * Connections × interfaces that the table holds, up to {@link LARGEST_CAPACITY}. Default 262,144 (576 bytes each, taken when first
   * used).
   */
  capacity?: number;
  /** How long a TCP connection stays after it has closed, for stragglers. Default 5,000. */
  closedLingerMs?: number;
  /**
   * Idle time after which UDP, ICMP and others, and TCP that nobody answered, end; in whole windows, rounded up.
   * Default 60,000.
   */
  idleTimeoutMs?: number;
  /** The same for TCP. Default 600,000. */
  tcpIdleTimeoutMs?: number;
  /** 32-bit seed of the table's hash: a random one keeps senders from aiming at one slot. Default 0. */
  hashSeed?: number;
  /** The rule by which the capture source leaves connections out; needed where {@link FlowTable.setSampling} is used. */
  isSampled?: IsSampled;
}
