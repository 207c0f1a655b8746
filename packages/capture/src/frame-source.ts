import type { Fault } from "@hopline/fault";
import type { FocusTuple } from "./focus.js";

/** Direction of a frame as seen by the node: `ingress` comes in from the interface, `egress` goes out on it. */
export const DIRECTION_INGRESS = 0;
export const DIRECTION_EGRESS = 1;
export const DIRECTION_UNKNOWN = 2;

/** Link types, by their LINKTYPE_ values (tcpdump.org/linktypes.html). */
export const LINKTYPE_ETHERNET = 1;
/** The frame begins with its IP header. */
export const LINKTYPE_RAW = 101;
/** Linux cooked capture, version 1. */
export const LINKTYPE_LINUX_SLL = 113;
/** IPv4 without a link layer; IPv6 without one. */
export const LINKTYPE_IPV4 = 228;
export const LINKTYPE_IPV6 = 229;
/** What the kernel's firewall logs: attributes, the packet being one of them. */
export const LINKTYPE_NFLOG = 239;
/** Linux cooked capture, version 2. */
export const LINKTYPE_LINUX_SLL2 = 276;
/** A kernel device whose link layer has no LINKTYPE_ here. */
export const LINKTYPE_UNKNOWN = -1;

/**
 * Many frames at once, one typed array a property, row `i` of each belonging to frame `i`.
 * The block and all its arrays are reused: they are valid only until the consumer's callback returns.
 */
export interface FrameBlock {
  /** Where the frames are: a ring block, a file chunk. Frames never wrap round its end. */
  bytes: Uint8Array;
  /** A view over exactly `bytes`, so that offsets serve both. */
  view: DataView;
  /** How many rows below are filled. */
  count: number;
  /** Offset of the frame's first byte (its link-layer header) in `bytes`. */
  offsets: Uint32Array;
  /** Captured length in bytes. */
  capturedLengths: Uint32Array;
  /** Length on the wire in bytes, before the snap length cut it. Up to 64 KiB and more for GSO super-frames. */
  wireLengths: Uint32Array;
  /** Microseconds since the Unix epoch, with the fraction that the source knows (kernel: 1 ns, double: 0.25 µs). */
  timesUs: Float64Array;
  /** Interface index: the kernel's (ring, cap) or the index into {@link FrameSource.interfaces} (files). */
  interfaceIndexes: Int32Array;
  /** DIRECTION_ constants. */
  directions: Uint8Array;
  /** VLAN tag control information that the kernel took off the frame, or -1. */
  vlanTags: Int32Array;
  /**
   * Payload bytes of one segment where the frame is a GSO or GRO super-frame of several, else 0. Ring only: files and
   * cap do not tell.
   */
  gsoSizes: Uint16Array;
  /** LINKTYPE_ of every frame in this block. */
  linkType: number;
}

/** Counters since `open`, all monotonic. `seen` = delivered + dropped. */
export interface CaptureStatistics {
  /** Frames handed to the consumer. */
  delivered: number;
  /** Frames that passed the filter but found the ring (or libpcap's buffer) full; files: what the capturer reported. */
  dropped: number;
  /** False where the source cannot tell what was dropped (cap; a file without counters): `dropped` is then a lower bound. */
  dropsKnown: boolean;
  /** Ring only: how often the kernel froze the queue because no block was free. */
  freezes: number;
  /** cap only: how often libpcap's process died, as it does when a device goes away, and was started again. */
  restarts: number;
}

export interface CapturedInterface {
  readonly index: number;
  readonly name: string;
}

/**
 * A source of frames. Blocking and single-threaded: it belongs in a worker thread.
 * Open it by `openRing`, `openCap` or `openPcapFile`; all three give this.
 */
export interface FrameSource {
  readonly kind: "ring" | "cap" | "pcap";
  /** Interfaces known to the source itself: those of a pcapng file; for live sources what was asked for. */
  readonly interfaces: readonly CapturedInterface[];
  /** What went wrong without ending the source (a file cut short, a device that would not open). The newest 100. */
  readonly warnings: readonly Fault[];
  /**
   * Waits at most `timeoutMs` for frames, hands every block that is ready to `consume`, then gives the
   * memory back to the source. Returns the number of frames handed over, or -1 when the source has ended or is closed.
   *
   * @throws Fault when the source can give no more frames for another reason than its end; what `consume` throws
   *   passes through.
   */
  poll(timeoutMs: number, consume: (block: FrameBlock) => void): number;
  statistics(): CaptureStatistics;
  /**
   * Which kernel interfaces to capture from now on; others are refused by the kernel filter, and the loopback
   * always. Frames that are in the source's memory already are still handed over. Files: no effect.
   *
   * @param newestKnown the ring captures interfaces of higher indexes besides: those made since, so that no frame of a new pod
   *   is missed while nobody knows of it yet
   */
  watch(interfaceIndexes: readonly number[], newestKnown?: number): void;
  /**
   * Keeps one connection in 2^`samplingShift` from now on, as `isSampled` chooses them; 0 keeps all. The kernel's filter
   * does it, so that the others cost next to nothing.
   *
   * @returns whether this source can: the ring alone
   */
  sample(samplingShift: number): boolean;
  /**
   * Captures these connections in full from now on, at most 8 of TCP, UDP or SCTP: whatever the sampling on watched interfaces, and on
   * the given interfaces besides, of which nothing else is captured. Their segments inside a tunnel too; fragments not.
   *
   * @returns whether this source can: the ring alone
   */
  focus(tuples: readonly FocusTuple[], interfaceIndexes: readonly number[]): boolean;
  /** Gives everything back. A second call does nothing. */
  close(): void;
}
