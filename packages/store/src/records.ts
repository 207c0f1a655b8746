import type {
  AgentStatus,
  Alert,
  AuditCounts,
  AuditNode,
  AuditRow,
  Conformance,
  Connection,
  Entity,
  IcmpError,
  LossCell,
  TimeRange,
  VerdictRecord,
} from "@hopline/api";
import type { NodeState } from "@hopline/batch";

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

/** What a node's kernel was set to do at one time. */
export interface NodeStateReading {
  readonly node: string;
  /** By the node's own clock. */
  readonly readAtMs: number;
  readonly state: NodeState;
}

/** One page of an audit. */
export interface AuditPage {
  readonly range: TimeRange;
  readonly rows: readonly AuditRow[];
  /** How many rows fit in all. */
  readonly total: number;
  readonly totals: AuditCounts;
}

/** A whole audit as it was at one moment; nothing that arrives later is in it. */
export interface AuditSnapshot extends Pick<AuditPage, "range" | "total" | "totals"> {
  /** The first of its rows. */
  rows(limit: number): Promise<AuditRow[]>;
  /** All of its rows as one file. */
  file(format: "csv" | "jsonl" | "parquet"): Promise<Uint8Array>;
}

/** How much of a range is on record. */
export interface AuditRecord {
  readonly range: TimeRange;
  /** Windows from here on may still be arriving; milliseconds since the Unix epoch, as all times here. */
  readonly openFromMs: number | null;
  /** The first window that any agent reported. */
  readonly recordFromMs: number | null;
  /** The oldest window of a connection that is still there. */
  readonly keptFromMs: number | null;
  /** Where the range begins before what retention keeps: when that begins. */
  readonly retentionFromMs: number | null;
  /** Frames of the range that agents counted on days of which no connection is there any more. */
  readonly framesBeforeKept: number;
  /** Whether it is known which nodes the cluster had. */
  readonly knowsNodes: boolean;
  readonly nodes: readonly AuditNode[];
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

/** Payload that went into a segment and did not come out, over the windows complete at both nodes. */
export interface LossCounts {
  readonly basis: LossCell["basis"];
  readonly sentPayloadBytes: number;
  readonly missingPayloadBytes: number;
  /** With payload, where more of them were counted. */
  readonly payloadPackets: number;
  /** Of `sentPayloadBytes`, how much the edges of the windows may have cut off. */
  readonly edgeBytes: number;
  readonly measuredWindows: number;
  readonly leftOutWindows: number;
}

export interface LossVolume extends LossCounts {
  readonly sourceNode: string;
  readonly destinationNode: string;
  readonly segment: LossCell["segment"];
  /** Unix seconds. */
  readonly stepStart: number;
}

/** One workload's connections to another. */
export interface LossyEdge extends LossCounts {
  readonly client: Entity;
  readonly server: Entity;
  /** `namespace/name`, or empty. */
  readonly service: string;
  readonly protocol: Connection["protocol"];
  readonly port: number;
  readonly connections: number;
}

export interface LossyConnection extends LossCounts {
  readonly connection: Connection;
}

export interface LossVolumes {
  readonly range: TimeRange;
  readonly cells: readonly LossVolume[];
  readonly series: { readonly stepSeconds: number; readonly points: readonly LossVolume[] } | null;
  /** Of the segment that is chosen: who lost most. */
  readonly worst: {
    readonly edges: readonly LossyEdge[];
    readonly connections: readonly LossyConnection[];
  } | null;
}

/** `lapsed`: it was pending and never fired. */
export const STORED_ALERT_STATES = ["pending", "firing", "resolved", "lapsed"] as const;

/** An alert as it is kept. */
export interface StoredAlert extends Omit<Alert, "state"> {
  readonly state: (typeof STORED_ALERT_STATES)[number];
  /** By receiver's URL: the state that it has taken last. */
  readonly deliveries: Readonly<Record<string, "firing" | "resolved">>;
}

/** TCP connections from one workload to another that failed. */
export interface ConnectionFailures {
  readonly client: Entity;
  readonly server: Entity;
  /** All that began, failed or not. */
  readonly begun: number;
  readonly unanswered: number;
  /** Refused by an RST, or broken by the server's later. */
  readonly reset: number;
  /** Of both ends; at most sixteen. */
  readonly nodes: readonly string[];
  /** A few of them, 16 hexadecimal digits each. */
  readonly unansweredIds: readonly string[];
  readonly resetIds: readonly string[];
}

/** TCP handshakes from one node to another. */
export interface PairRoundTrips {
  readonly clientNode: string;
  readonly serverNode: string;
  /** Null where no handshake was seen. */
  readonly medianUs: number | null;
  /** Minutes in which there were any. */
  readonly minutes: number;
  readonly connections: number;
}

/** Questions that one DNS server was asked. */
export interface DnsServerFigures {
  readonly server: Entity;
  readonly asked: number;
  /** Answered with an error other than "no such name", or not at all. */
  readonly failed: number;
  readonly unanswered: number;
  /** Null where nothing was answered. */
  readonly latencyMeanUs: number | null;
  /** Workloads that asked. */
  readonly clients: number;
  /** The names that failed most; three at most. */
  readonly failedNames: readonly string[];
}

/** A node's agent and kernel, as far as alerts are raised about them. */
export interface NodeFigures {
  readonly node: string;
  readonly lastBatchAtMs: number;
  readonly seenFrames: number;
  readonly droppedFrames: number;
  /** One of so many connections was counted; 1 all. */
  readonly sampling: number;
  /** AGENT_ bits of packages/batch. */
  readonly agentFlags: number;
  readonly incompleteWindows: number;
  /** Null where the agent does not tell, or there is no limit. */
  readonly conntrack: { readonly entries: number; readonly limit: number } | null;
}

/** Connections of a range about which the same was decided, and of which the same became. */
export interface PolicyDecision {
  /** Null where nothing was judged. */
  readonly record: VerdictRecord | null;
  readonly conformance: Conformance;
  /** Unix seconds: when they began, of denials and of what should have been; the range's start for all others. */
  readonly stepStart: number;
  readonly connections: number;
  readonly lastSeenMs: number;
}

export interface PolicyDecisions {
  readonly range: TimeRange;
  readonly stepSeconds: number;
  readonly decisions: readonly PolicyDecision[];
  /** The last connections that were denied, or should have been; the latest first. */
  readonly latest: readonly Connection[];
}

export interface PolicyTrafficEnd {
  readonly entity: Entity;
  /** Empty where it is no pod. */
  readonly pod: string;
  readonly node: string;
  readonly address: string;
}

/** Connections of one client's address to one server's address and port, by way of the same Service. */
export interface PolicyTrafficRow {
  readonly client: PolicyTrafficEnd;
  readonly server: PolicyTrafficEnd;
  readonly service: { readonly namespace: string; readonly name: string } | null;
  /** IANA number. */
  readonly protocol: number;
  readonly port: number;
  /** Where it is not the server's address. */
  readonly dialledAddress: string | null;
  /** What the server saw as the client's address, where that was translated and its hops are still kept. */
  readonly seenClientAddress: string | null;
  readonly connections: number;
  /** Refused, dropped, or without an answer where one was due. */
  readonly failed: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

export interface PolicyTraffic {
  readonly range: TimeRange;
  readonly rows: readonly PolicyTrafficRow[];
  /** Rows beyond the limit. */
  readonly leftOutRows: number;
}

/** Connections from one workload to another that policy denies, and that came through. */
export interface UnenforcedEdge {
  readonly client: Entity;
  readonly server: Entity;
  readonly connections: number;
  /** A few of them, 16 hexadecimal digits each. */
  readonly ids: readonly string[];
}

/** Packets that the rules of one policy dropped on one node. */
export interface PolicyDropRate {
  /** As the rule's log names the policy; all three empty where it names none. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly packets: number;
  readonly pastPackets: number;
}
