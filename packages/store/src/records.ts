import type { AgentStatus, Connection, Entity, IcmpError, LossCell, TimeRange } from "@hopline/api";

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

/** The tuple that a client sent, as some node's conntrack knew it. */
export interface Translation {
  /** 16 hexadecimal digits. */
  readonly connectionId: string;
  /** `dnat`, `snat` or `dnat+snat`. */
  readonly translation: string;
  readonly originalClientAddress: string;
  readonly originalClientPort: number;
  readonly originalServerAddress: string;
  readonly originalServerPort: number;
  readonly clientKind: string;
  readonly clientNamespace: string;
  readonly clientWorkloadKind: string;
  readonly clientWorkload: string;
  readonly clientPod: string;
  readonly clientNode: string;
  readonly serviceNamespace: string;
  readonly serviceName: string;
  readonly servicePortName: string;
}

/** Where a live tail has got to. Opaque: hand back what the last call gave. */
export interface LiveCursor {
  /** Stamps from here on are looked at next. */
  readonly sinceUs: number;
  /** Connections already given, and the arrival (microseconds) that they were given for. */
  readonly given: ReadonlyMap<string, number>;
}

export interface LiveBatch {
  /** Connections that began or moved, over the last fifteen minutes of their life, the latest first. */
  readonly connections: readonly Connection[];
  /** Connections that began or moved but were left out to keep the batch small. */
  readonly leftOut: number;
  readonly cursor: LiveCursor;
}

export interface TableSize {
  readonly name: string;
  readonly rows: number;
  /** On disk, compressed. */
  readonly bytes: number;
}

/** What the store itself knows of packages/api's status. */
export interface StoreStatus {
  readonly kind: "embedded" | "server";
  readonly engineVersion: string;
  readonly tables: readonly TableSize[];
  readonly agents: readonly AgentStatus[];
}

export interface DiskSpace {
  /** What is left for us: ClickHouse may be told to keep some of it free. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface Eviction {
  readonly table: string;
  /** The partition's own name, as in `system.parts`. */
  readonly partition: string;
  readonly rows: number;
  readonly bytes: number;
}

export interface EvictionResult {
  /** Bytes of all tables before and after. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** What was dropped, in that order. */
  readonly evicted: readonly Eviction[];
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
  /** AGENT_ bits of packages/batch. */
  readonly agentFlags: number;
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
}

/** Payload that went into one segment of a node pair and did not come out, over the windows complete at both nodes. */
export interface LossVolume {
  readonly sourceNode: string;
  readonly destinationNode: string;
  readonly segment: LossCell["segment"];
  /** Unix seconds. */
  readonly stepStart: number;
  readonly sentPayloadBytes: number;
  readonly missingPayloadBytes: number;
  /** With payload, where more of them were counted. */
  readonly payloadPackets: number;
  readonly measuredWindows: number;
  readonly leftOutWindows: number;
}

export interface LossVolumes {
  readonly range: TimeRange;
  readonly cells: readonly LossVolume[];
  readonly series: { readonly stepSeconds: number; readonly points: readonly LossVolume[] } | null;
}
