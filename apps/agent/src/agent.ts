import { join } from "node:path";
import { TranslationTable } from "@hopline/conntrack";
import type { Logger } from "@hopline/process";
import { type Role, Topology } from "@hopline/topology";
import { type AgentStatus, healthOf } from "./agent-status.js";
import { BatchWriter } from "./batches/batch-writer.js";
import { CompletenessLog, type CompletenessTotals } from "./batches/completeness-log.js";
import { captureSourceOf } from "./capture/capture-source.js";
import { CaptureThread } from "./capture/capture-thread.js";
import { WatchedInterfaces } from "./capture/watched-interfaces.js";
import type { CaptureReport } from "./capture/worker-messages.js";
import { BatchSender } from "./delivery/batch-sender.js";
import { CollectorClient } from "./delivery/collector-client.js";
import { CollectorToken } from "./delivery/collector-token.js";
import { Spool } from "./delivery/spool.js";
import { DropMemory } from "./drops/drop-memory.js";
import { DropSources } from "./drops/drop-sources.js";
import { OwnAddresses } from "./drops/own-addresses.js";
import { RejectionWatch } from "./drops/rejection-watch.js";
import { type FileReport, frameReport } from "./file-report.js";
import { createMetrics } from "./metrics.js";
import { MetricsServer } from "./metrics-server.js";
import { DnsNamer } from "./naming/dns-namer.js";
import { InterfaceDirectory } from "./naming/interface-directory.js";
import { RowNamer } from "./naming/row-namer.js";
import { WaitingRows } from "./naming/waiting-rows.js";
import { LiveKnowledge, type NodeKnowledge, RecordedKnowledge } from "./node-knowledge.js";
import { NO_CONNTRACK_SETTINGS, readConntrackSettings } from "./node-state/conntrack-settings.js";
import { readProc } from "./node-state/kernel-counters.js";
import { NodeStateLog } from "./node-state/node-state-log.js";
import { readNodeState } from "./node-state/read-node-state.js";
import { type AgentSettings, capturedRoles, checkTogether } from "./settings.js";
import { StateLog } from "./state-log.js";
import { ConnectionWatches } from "./watch/connection-watches.js";

export interface AgentOptions {
  readonly settings: AgentSettings;
  readonly version: string;
  /** Hexadecimal, new at each start, and sorted after those before it. */
  readonly bootId: string;
  /** 32 random bits. */
  readonly hashSeed: number;
  readonly logger: Logger;
  /** Called once where the agent can go on no longer. */
  readonly onFail: (thrown: unknown) => void;
  /** Called once where a capture file has come to its end, and all of it is stored. */
  readonly onFinished: (report: FileReport) => void;
}

/** When asked to stop, what can be sent in this time is; the rest stays on disk for the next start. */
const LAST_SENDING_MS = 4000;
/**
 * A batch may wait at the collector for a name, and several batches are one INSERT there: those behind it should not wait with it.
 * With four, a collector that takes a second for an INSERT fell behind two agents that write five a second each.
 */
const BATCHES_AT_ONCE = 12;
const FOCUSED_ROLES: ReadonlySet<Role> = new Set(["pod", "bridge", "tunnel", "uplink"]);

/**
 * One node's agent: capture thread -> naming -> batches -> spool -> collector, with the node's own knowledge beside it.
 * Everything is made in the constructor and begins in {@link start}.
 */
export class Agent {
  readonly #options: AgentOptions;
  readonly #live: boolean;
  readonly #states: StateLog;
  readonly #topology: Topology;
  readonly #translations = new TranslationTable();
  readonly #knowledge: NodeKnowledge;
  readonly #interfaces: InterfaceDirectory;
  readonly #namer: RowNamer;
  readonly #dnsNamer: DnsNamer;
  readonly #waiting: WaitingRows;
  readonly #spool: Spool;
  readonly #writer: BatchWriter;
  readonly #completeness: CompletenessLog;
  readonly #drops: DropSources;
  readonly #rejections: RejectionWatch;
  /** Live captures only. */
  readonly #nodeState: NodeStateLog | undefined;
  readonly #client: CollectorClient;
  /** Live captures only. */
  readonly #watches: ConnectionWatches | undefined;
  readonly #sender: BatchSender;
  readonly #watched: WatchedInterfaces;
  readonly #metrics: MetricsServer | undefined;
  #thread: CaptureThread | undefined;
  #conntrackSettings = NO_CONNTRACK_SETTINGS;
  #focused = false;
  #capture: AgentStatus["capture"] = "starting";
  /** Reports that came before recorded translations were read: those must be there to name them. */
  #early: CaptureReport[] | undefined = [];
  #lastReport: AgentStatus["report"];
  /** Of a capture file, which has few. */
  readonly #warnings: string[] = [];
  /** Why the collector would not take rows of a capture file. */
  readonly #refusals = new Set<string>();

  /** @throws Fault where a setting does not fit the others */
  constructor(options: AgentOptions) {
    this.#options = options;
    const { settings, version, bootId, logger } = options;
    const { node, nodeAddresses, nodeDescription, conntrackLog, record } = settings;
    this.#live = settings.capture !== "pcap";
    const clockOffsetUs = settings.clockOffset * 1e6;
    checkTogether(settings);
    this.#topology = new Topology({ nowMs: () => Date.now() + clockOffsetUs / 1000, nodeAddresses });
    const [topology, translations] = [this.#topology, this.#translations];
    const roles = capturedRoles(settings);
    this.#watched = new WatchedInterfaces({ topology, roles, seesNewer: settings.capture === "ring" });
    const states = new StateLog(logger);
    this.#states = states;
    this.#knowledge = this.#live
      ? new LiveKnowledge({
          ...{ node, topology, translations, record, clockOffsetUs },
          onTopology: () => this.#onTopology(),
          onTopologyState: (state) => states.note("interfaces", state),
          onConntrackState: (state) => states.note("conntrack", state),
        })
      : new RecordedKnowledge({ topology, translations, nodeDescription, conntrackLog });
    this.#interfaces = new InterfaceDirectory(topology, this.#live);
    const drops = new DropMemory(translations);
    this.#namer = new RowNamer({
      ...{ translations, topology, interfaces: this.#interfaces, drops },
      roles,
      readDrops: () => this.#drops.read(),
    });
    this.#dnsNamer = new DnsNamer({ topology, interfaces: this.#interfaces });
    this.#spool = new Spool({
      ...{ directory: settings.dataDir, bootId, maxBytes: settings.spoolMib },
      onBatch: () => this.#sender.wake(),
      onState: (fault) =>
        states.note("spool", fault === undefined ? { kind: "writing" } : { kind: "failed", fault }),
    });
    const writer = new BatchWriter({ spool: this.#spool, node, bootId, agentVersion: version });
    this.#writer = writer;
    const ownAddresses = new OwnAddresses(topology);
    this.#rejections = new RejectionWatch({
      // Of a recording conntrack's log is known from beginning to end.
      isTracking: () => (this.#live ? this.#knowledge.isTracking() : conntrackLog !== undefined),
      lostEvents: () => this.#knowledge.conntrackLost(),
      isOwnAddress: (addresses, offset) => ownAddresses.has(addresses, offset),
      nowMs: () => performance.now(),
      onRows: (columns) => writer.writeDrops(columns),
    });
    this.#waiting = new WaitingRows({
      namer: this.#namer,
      isTracking: () => this.#knowledge.isTracking(),
      onNamed: (columns) => {
        writer.writeHops(columns);
        this.#rejections.take(columns);
      },
    });
    this.#completeness = new CompletenessLog((row) =>
      this.#waiting.whenNamed(() => writer.writeCompleteness(row)),
    );
    this.#nodeState = this.#live
      ? new NodeStateLog({
          read: () => readNodeState(topology),
          write: (readAtMs, state) => writer.writeNodeState(readAtMs, state),
          nowMs: () => Date.now() + clockOffsetUs / 1000,
        })
      : undefined;
    this.#drops = new DropSources({
      ...{ settings, memory: drops, translations, topology },
      onRows: (columns) => writer.writeDrops(columns),
      onWarning: (fault) => states.warn("drop evidence", fault),
    });
    this.#client = new CollectorClient({
      ...{ address: settings.collector, token: new CollectorToken(settings) },
      // And one for its orders.
      connections: BATCHES_AT_ONCE + 1,
      report: () =>
        this.#live
          ? {
              ...{ node, troubles: states.troubles, conntrack: this.#conntrackSettings },
              sentAtMs: Date.now() + clockOffsetUs / 1000,
            }
          : undefined,
    });
    this.#watches = this.#live
      ? new ConnectionWatches({
          ask: () => this.#client.orders(),
          onChange: () => this.#focus(),
          nowMs: () => performance.now(),
        })
      : undefined;
    this.#sender = new BatchSender({
      spool: this.#spool,
      atOnce: BATCHES_AT_ONCE,
      post: async (bytes, signal) => {
        const result = await this.#client.post(bytes, signal);
        if (result.kind === "stored") this.#watches?.heard(result.orders);
        return result;
      },
      random: Math.random,
      onState: (state) => states.note("collector", state),
      onRefused: (fault, batch) => {
        logger.error({ batch: batch.path, code: fault.code }, fault.sentence);
        if (!this.#live) this.#refusals.add(fault.sentence);
      },
    });
    this.#metrics =
      settings.metricsAddress &&
      new MetricsServer({
        ...settings.metricsAddress,
        registry: createMetrics(() => this.status()),
        health: () => healthOf(this.status()),
      });
  }

  /** @throws Fault: no permission, no such file, a taken port, … */
  async start(): Promise<void> {
    try {
      await this.#startParts();
    } catch (thrown) {
      await this.#stopParts();
      throw thrown;
    }
  }

  async #startParts(): Promise<void> {
    const { logger, settings, bootId } = this.#options;
    if (this.#live) this.#conntrackSettings = await readConntrackSettings(readProc);
    await this.#spool.start();
    await this.#metrics?.start();
    await this.#knowledge.start();
    this.#drops.start();
    const shiftUs = await this.#startCapture();
    await this.#knowledge.shift(shiftUs);
    this.#drops.startRecorded(shiftUs);
    this.#beginTaking();
    this.#nodeState?.start();
    this.#sender.start();
    this.#watches?.start();
    const { batches } = this.#spool.size;
    logger.info(
      {
        node: settings.node,
        bootId,
        capture: settings.capture,
        interfaces: this.#watched.indexes.length,
        leftOver: batches,
      },
      `watching ${settings.node}, sending to ${settings.collector}`,
    );
  }

  /** Rows of all that was counted are written; what can be sent in a few seconds is sent, the rest waits on disk. */
  async stop(): Promise<void> {
    this.#states.close();
    this.#watches?.stop();
    await this.#nodeState?.stop();
    await this.#thread?.stop();
    this.#drops.stop();
    this.#waiting.finish();
    this.#rejections.finish();
    if (this.#lastReport !== undefined) this.#completeness.finish(this.#totals(this.#lastReport));
    await this.#writer.settled();
    await this.#sender.drain(LAST_SENDING_MS);
    await this.#stopParts();
    const { batches } = this.#spool.size;
    if (batches > 0) this.#options.logger.info({ batches }, "batches stay on disk until the next start");
  }

  async #stopParts(): Promise<void> {
    this.#drops.stop();
    await this.#sender.stop();
    await Promise.all([this.#client.close(), this.#knowledge.stop(), this.#metrics?.stop()]);
  }

  status(): AgentStatus {
    const knowledge = this.#knowledge instanceof LiveKnowledge ? this.#knowledge : undefined;
    return {
      capture: this.#capture,
      report: this.#lastReport,
      watchedInterfaces: this.#watched.indexes.length,
      topology: knowledge && { state: knowledge.watcher.state, counters: knowledge.watcher.counters },
      conntrack: knowledge && { state: knowledge.follower.state, counters: knowledge.follower.counters },
      translations: { ...this.#translations.counters, size: this.#translations.size },
      naming: { ...this.#namer.counters, waitingRows: this.#waiting.count },
      drops: this.#drops.counters,
      rejections: this.#rejections.counters,
      batches: this.#writer.counters,
      spool: { ...this.#spool.counters, ...this.#spool.size },
      sender: { state: this.#sender.state, counters: this.#sender.counters },
    };
  }

  async #startCapture(): Promise<number> {
    const { settings, hashSeed, onFail } = this.#options;
    this.#watched.begin();
    const thread = new CaptureThread({
      hashSeed,
      order: {
        source: captureSourceOf(settings, this.#topology),
        interfaceIndexes: this.#watched.indexes,
        newestKnown: this.#watched.newestKnown,
        flowCapacity: settings.flowTable,
        tunnelPorts: this.#topology.tunnelPorts(),
        cpuBudgetPercent: settings.cpuBudget,
        recordPath: settings.record && join(settings.record, `${settings.node}.pcapng`),
        ...(this.#live && { clockOffsetUs: settings.clockOffset * 1e6 }),
      },
      onReport: (report) => {
        if (this.#early === undefined) this.#take(report);
        else this.#early.push(report);
      },
      onWarning: (fault) => {
        this.#states.warn("capture", fault);
        if (!this.#live) this.#warnings.push(fault.sentence);
      },
      onEnd: (fault) => {
        this.#capture = "ended";
        if (fault !== undefined) onFail(fault);
        else if (!this.#live) void this.#finish();
      },
    });
    const shiftUs = await thread.start();
    this.#thread = thread;
    this.#capture = "running";
    // Interfaces may have come while the source was being opened.
    this.#watch();
    return shiftUs;
  }

  #beginTaking(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const report of early) this.#take(report);
  }

  #take(report: CaptureReport): void {
    const { rows, dns, ...counters } = report;
    this.#noteSampling(report.samplingShift);
    this.#lastReport = counters;
    this.#interfaces.setCaptured(report.interfaces);
    this.#readRecordedDrops(report.settledUs);
    if (rows !== undefined) this.#waiting.take(rows);
    for (const asked of dns) {
      for (const columns of this.#dnsNamer.name(asked)) this.#writer.writeDns(columns);
    }
    this.#completeness.observe(report.settledUs, this.#totals(counters));
  }

  /** What was dropped is known before the rows of its time are named. */
  #readRecordedDrops(untilUs: number): void {
    try {
      this.#drops.readUntil(untilUs);
    } catch (thrown) {
      this.#options.onFail(thrown);
    }
  }

  #noteSampling(shift: number): void {
    if (shift === (this.#lastReport?.samplingShift ?? 0)) return;
    const { logger, settings } = this.#options;
    const fields = { sampling: 2 ** shift, cpuBudget: settings.cpuBudget };
    if (shift === 0) logger.info(fields, "capturing all connections again");
    else logger.warn(fields, `overloaded: capturing one connection in ${2 ** shift}`);
  }

  #totals({ frames, capture, table, samplingShift }: NonNullable<AgentStatus["report"]>): CompletenessTotals {
    const { droppedFull, droppedUnwritable } = this.#spool.counters;
    return {
      seenFrames: frames.seen,
      countedFrames: frames.counted,
      uncounted: { ...frames.notCounted, "ignored-interface": frames.ignored },
      droppedFrames: capture.dropped,
      conntrackLost: this.#knowledge.conntrackLost(),
      evictedFlows: table.evicted.closed + table.evicted.idle,
      lostBatches: droppedFull + droppedUnwritable,
      lateInterfaces: this.#watched.late,
      activeFlows: table.entries,
      sampling: 2 ** samplingShift,
      interfaces: this.#interfaces.count(capturedRoles(this.#options.settings)),
    };
  }

  #onTopology(): void {
    this.#watch();
    if (this.#focused) this.#focus();
    this.#nodeState?.look();
  }

  /** Connections that are watched on demand are captured wherever they pass. */
  #focus(): void {
    const tuples = this.#watches?.tuples ?? [];
    const everywhere = this.#topology.indexesOf(FOCUSED_ROLES);
    this.#focused = tuples.length > 0;
    this.#thread?.focus(tuples, everywhere);
    this.#options.logger.info({ connections: tuples.length }, "connections captured at every interface");
  }

  /** Tells the capture thread which interfaces there are now, where that has changed. */
  #watch(): void {
    if (this.#thread === undefined || !this.#watched.update()) return;
    const { indexes, newestKnown } = this.#watched;
    this.#thread.watch(indexes, newestKnown);
    this.#options.logger.debug({ interfaces: indexes.length }, "interfaces changed");
  }

  /** A file has ended: when all of it is stored, there is nothing left to do. */
  async #finish(): Promise<void> {
    this.#readRecordedDrops(Number.POSITIVE_INFINITY);
    this.#waiting.finish();
    this.#rejections.finish();
    await this.#writer.settled();
    this.#options.logger.info("the capture file has ended; waiting until the collector has all of it");
    await this.#sender.drain(2 ** 31 - 1);
    const { node, file = "" } = this.#options.settings;
    const { refused } = this.#sender.counters;
    const complaints = { refusedBatches: refused, refusals: [...this.#refusals], warnings: this.#warnings };
    this.#options.onFinished({ ...frameReport(node, file, this.#lastReport), ...complaints });
  }
}
