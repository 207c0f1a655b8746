/** What met a fault's rule, or was dropped by it. Super-frames (GSO) count as one packet with all their bytes. */
export interface Tally {
  readonly packets: number;
  /** Of IPv4 packets, outer headers included, link headers not. */
  readonly bytes: number;
  /** Layer-4 payload of the innermost TCP segment or UDP datagram. */
  readonly payloadBytes: number;
}

/** What the kernel has counted for a fault since it was injected. */
export type FaultReading =
  | { readonly type: "drops"; readonly matched: Tally; readonly dropped: Tally }
  /** Entries of a table that holds no more than `limit`. */
  | { readonly type: "table"; readonly entries: number; readonly limit: number }
  | {
      readonly type: "queue";
      readonly sentPackets: number;
      /** Of frames. */
      readonly sentBytes: number;
      readonly droppedPackets: number;
      /** Packets that had to wait, or a part of them. */
      readonly overlimits: number;
      readonly backlogBytes: number;
    };

/** A fault whose names are resolved and checked, before, while and after it is there. */
export interface PlannedFault {
  /** In words, without a full stop. */
  readonly about: string;
  /** What it takes hold of, where a second fault would undo this one's undoing. */
  readonly places: readonly string[];
  inject(): Promise<void>;
  /** Takes it back, also after an {@link inject} that failed half way. */
  heal(): Promise<void>;
  read?(): Promise<FaultReading>;
}
