/** Length of a window, seconds. */
export const WINDOW_SECONDS = 10;

/** Bits of {@link HopRow.rowFlags}, as packages/flow sets them. */
export const ROW_FIRST = 1;
export const ROW_SAMPLED = 8;

/** What an interface is on the way (docs/design.md, words). Rows of any other role are passed over. */
export type Role = "pod" | "bridge" | "tunnel" | "uplink" | "host";

/** RFC 792, RFC 4443: an error that quoted a packet of the connection. */
export interface IcmpError {
  /** Who sent it, as text: ICMP where it is an IPv4 address, ICMPv6 where not. */
  readonly source: string;
  readonly type: number;
  readonly code: number;
  /** Next-hop MTU, where it was said. */
  readonly mtu: number | null;
}

/** What counters add up over windows and interfaces. */
export interface Counters {
  readonly packets: number;
  /** Layer-3 bytes. */
  readonly bytes: number;
  /** Layer-4 payload bytes. */
  readonly payloadBytes: number;
  readonly payloadPackets: number;
  readonly retransmittedBytes: number;
  /** Payload bytes that came late and filled a gap. */
  readonly outOfOrderBytes: number;
  /** Payload bytes that were never seen although later ones passed; a late arrival takes them back, also below zero. */
  readonly gapBytes: number;
  readonly synPackets: number;
  readonly synAckPackets: number;
  readonly rstPackets: number;
  /** GSO and GRO super-frames among the packets, and the segments that they stand for. */
  readonly superFrames: number;
  readonly superFrameSegments: number;
  readonly icmpErrors: number;
  /** Sum and count of round trips from data segments and their ACKs, from here to the flow's destination and back. */
  readonly dataRoundTripSumUs: number;
  readonly dataRoundTripCount: number;
}

/**
 * What one observation point counted for one direction of one connection in one window. All that a window holds is in one row;
 * of several rows with the same node, interface, direction, `isReply` and window only the fullest counts.
 */
export interface HopRow extends Counters {
  readonly node: string;
  readonly interface: string;
  readonly role: string;
  readonly direction: "ingress" | "egress" | "unknown";
  /** From the server back to the client. */
  readonly isReply: boolean;
  /** Unix seconds, a multiple of {@link WINDOW_SECONDS}. */
  readonly windowStart: number;
  /** Role `pod`: the pod's address behind the interface, where known. */
  readonly attachedAddress: string | null;
  /** ROW_ bits. */
  readonly rowFlags: number;
  /** Microseconds since the Unix epoch, by this node's clock. */
  readonly firstSeenUs: number;
  readonly lastSeenUs: number;
  /** When the first of it was stored, milliseconds since the Unix epoch by the clock of whoever asks. */
  readonly arrivedMs: number;
  /** The last one, where `icmpErrors` is not 0. */
  readonly icmpError: IcmpError | null;
  /** Round trip of the handshake from here to the flow's destination and back, where one was measured. */
  readonly handshakeUs: number | null;
  /** Whether the node's conntrack has its connection: it has it once a packet has passed all of the node's rules. */
  readonly isTracked: boolean;
  /** `none`, `vxlan`, `geneve`, … */
  readonly encapsulation: string;
  readonly outerSource: string | null;
  readonly outerDestination: string | null;
  readonly vni: number | null;
}

const COUNTERS = [
  "packets",
  "bytes",
  "payloadBytes",
  "payloadPackets",
  "retransmittedBytes",
  "outOfOrderBytes",
  "gapBytes",
  "synPackets",
  "synAckPackets",
  "rstPackets",
  "superFrames",
  "superFrameSegments",
  "icmpErrors",
  "dataRoundTripSumUs",
  "dataRoundTripCount",
] as const satisfies readonly (keyof Counters)[];

export function sumCounters(rows: Iterable<Counters>): Counters {
  const sum: { -readonly [Name in keyof Counters]: number } = {
    packets: 0,
    bytes: 0,
    payloadBytes: 0,
    payloadPackets: 0,
    retransmittedBytes: 0,
    outOfOrderBytes: 0,
    gapBytes: 0,
    synPackets: 0,
    synAckPackets: 0,
    rstPackets: 0,
    superFrames: 0,
    superFrameSegments: 0,
    icmpErrors: 0,
    dataRoundTripSumUs: 0,
    dataRoundTripCount: 0,
  };
  for (const row of rows) for (const name of COUNTERS) sum[name] += row[name];
  return sum;
}

/** One row for each observation point, direction and window, in an order that does not depend on the rows' own. */
export function distinctRows(rows: readonly HopRow[]): HopRow[] {
  const byKey = new Map<string, HopRow>();
  for (const row of rows) {
    const key = rowKey(row);
    const known = byKey.get(key);
    if (known === undefined || fuller(row, known)) byKey.set(key, row);
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function rowKey(row: HopRow): string {
  const direction = `${row.direction} ${row.isReply ? "reply" : "forward"}`;
  return `${String(row.windowStart).padStart(12, "0")} ${row.node} ${row.interface} ${row.role} ${direction}`;
}

function fuller(row: HopRow, than: HopRow): boolean {
  return (
    (row.packets - than.packets ||
      row.bytes - than.bytes ||
      row.lastSeenUs - than.lastSeenUs ||
      row.icmpErrors - than.icmpErrors) > 0
  );
}
