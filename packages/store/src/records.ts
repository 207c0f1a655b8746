import type { Alert, Connection, Entity, IcmpError, TimeRange } from "@hopline/api";
import type { AgentEvent, NodeState, SentNodeState } from "@hopline/batch";

/** What became of a batch. Either way ClickHouse has it when the promise settles. */
export interface InsertResult {
  /** True where ClickHouse had a batch of this token already, and nothing was added. */
  readonly duplicate: boolean;
}

/** Who had an address, from when until when. */
export interface EndpointInterval {
  /** Textual IP address, IPv4 or IPv6. */
  readonly address: string;
  readonly entity: Entity;
  /** Empty where the end is no pod. */
  readonly pod: string;
  /** Empty where not known. */
  readonly node: string;
  /** Milliseconds since the Unix epoch. */
  readonly fromMs: number;
  /** `null` while it lasts; insert the interval again, with the same `fromMs`, when it ends. */
  readonly toMs: number | null;
}

/** What one observation point counted for one direction of a connection in one window; as packages/path takes it. */
export interface HopWindow {
  readonly node: string;
  readonly interface: string;
  readonly role: string;
  readonly direction: "ingress" | "egress" | "unknown";
  readonly isReply: boolean;
  /** Unix seconds. */
  readonly windowStart: number;
  readonly attachedAddress: string | null;
  /** ROW_ bits of packages/flow, of all rows together. */
  readonly rowFlags: number;
  readonly firstSeenUs: number;
  readonly lastSeenUs: number;
  /** When the first of its rows was stored, milliseconds since the Unix epoch. */
  readonly arrivedMs: number;
  readonly packets: number;
  readonly bytes: number;
  readonly payloadBytes: number;
  readonly payloadPackets: number;
  readonly retransmittedBytes: number;
  readonly outOfOrderBytes: number;
  readonly gapBytes: number;
  readonly synPackets: number;
  readonly synAckPackets: number;
  readonly rstPackets: number;
  readonly superFrames: number;
  readonly superFrameSegments: number;
  readonly icmpErrors: number;
  readonly dataRoundTripSumUs: number;
  readonly dataRoundTripCount: number;
  readonly icmpError: IcmpError | null;
  readonly handshakeUs: number | null;
  /** Whether the node's conntrack had its connection. */
  readonly isTracked: boolean;
  readonly encapsulation: string;
  readonly outerSource: string | null;
  readonly outerDestination: string | null;
  readonly vni: number | null;
}

/** What a node's agent said of one window. */
export interface CompletenessWindow {
  readonly node: string;
  /** Unix seconds. */
  readonly windowStart: number;
  readonly droppedFrames: number;
  readonly agentEvents: readonly AgentEvent[];
}

/** A reading of a node's kernel as it is sent and kept: whole, or how it differs from an earlier one. */
export interface SentNodeStateReading {
  readonly node: string;
  /** By the node's own clock. */
  readonly readAtMs: number;
  readonly state: SentNodeState;
}

/** What a node's kernel was set to do at one time. */
export interface NodeStateReading {
  readonly node: string;
  /** By the node's own clock. */
  readonly readAtMs: number;
  readonly state: NodeState;
}

/** One connection, window by window. */
export interface ConnectionWindows {
  readonly range: TimeRange;
  /** When it was read; milliseconds since the Unix epoch. */
  readonly readAtMs: number;
  readonly connection: Connection;
  readonly rows: readonly HopWindow[];
  /** Of the nodes that saw it or should have, from a little before its rows to a little after. */
  readonly completeness: readonly CompletenessWindow[];
  /** How far apart two nodes' uplinks see the same packet at that time, microseconds, by `from>to`. */
  readonly nodeShiftsUs: ReadonlyMap<string, number>;
}

/** `lapsed`: it was pending and never fired. */
export const STORED_ALERT_STATES = ["pending", "firing", "resolved", "lapsed"] as const;

/** An alert as it is kept. */
export interface StoredAlert extends Omit<Alert, "state"> {
  readonly state: (typeof STORED_ALERT_STATES)[number];
  /** By receiver's URL: the state that it has taken last. */
  readonly deliveries: Readonly<Record<string, "firing" | "resolved">>;
}
