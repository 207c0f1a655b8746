import { type FrameBlock, isSampled } from "@hopline/capture";
import { describe, Fault } from "@hopline/fault";
import { type DnsRows, FlowTable, FrameCounter, type HopRows, WINDOW_SECONDS } from "@hopline/flow";
import {
  DEFAULT_GENEVE_PORTS,
  DEFAULT_VXLAN_GPE_PORTS,
  DEFAULT_VXLAN_PORTS,
  FrameDecoder,
} from "@hopline/packet";
import { FrameRecorder } from "./frame-recorder.js";
import { type OpenedSource, openSource, RING_RETIRE_MS, type ThreadClock } from "./open-source.js";
import { OverloadController } from "./overload-controller.js";
import type { CaptureOrder, FaultMessage, WorkerCommand, WorkerMessage } from "./worker-messages.js";

const POLL_MS = 100;
/** With what follows (a wait for conntrack, the spool) well below the second that a first row may take. */
const REPORT_EVERY_US = 400_000;
const WINDOW_US = WINDOW_SECONDS * 1e6;
/** Twice the time after which the ring hands over a block that is not full. */
const DRAIN_US = 2 * RING_RETIRE_MS * 1000;
/** So many rows do not wait for the next report: ends of connections come in bursts. */
const MANY_ROWS = 50_000;

export interface CaptureLoopOptions {
  readonly order: CaptureOrder;
  readonly clock: ThreadClock;
  /** CPU time of this thread since its start, in microseconds. */
  readonly cpuUs: () => number;
  /** 32 random bits for the flow table's hash. */
  readonly hashSeed: number;
  /** The next command that waits, or undefined. */
  readonly receive: () => WorkerCommand | undefined;
  readonly send: (message: WorkerMessage) => void;
}

/**
 * The capture thread's life: poll, count, and several times a second report. It holds its thread from
 * {@link run} to the end, and takes commands between polls.
 */
export class CaptureLoop {
  readonly #options: CaptureLoopOptions;
  readonly #table: FlowTable;
  readonly #counter: FrameCounter;
  readonly #overload: OverloadController;
  /** Somebody may look on; a file that is read as fast as it goes is reported window by window. */
  readonly #isWatched: boolean;
  #samplingShift = 0;
  #recorder: FrameRecorder | undefined;
  #knownInterfaces = -1;
  #reportedAtUs = Number.NEGATIVE_INFINITY;
  #settledWindow = Number.NEGATIVE_INFINITY;
  #lastWarning: Fault | undefined;
  #stopping = false;

  constructor(options: CaptureLoopOptions) {
    this.#options = options;
    const { order, hashSeed } = options;
    const { source, tunnelPorts } = order;
    this.#isWatched = source.kind !== "pcap" || source.pace === "real";
    const decoder = new FrameDecoder({
      vxlanPorts: [...DEFAULT_VXLAN_PORTS, ...tunnelPorts.vxlan],
      vxlanGpePorts: [...DEFAULT_VXLAN_GPE_PORTS, ...tunnelPorts.vxlanGpe],
      genevePorts: [...DEFAULT_GENEVE_PORTS, ...tunnelPorts.geneve],
    });
    this.#table = new FlowTable({ capacity: order.flowCapacity, hashSeed, isSampled });
    this.#overload = new OverloadController(order.cpuBudgetPercent);
    this.#counter = new FrameCounter({ decoder, table: this.#table });
  }

  /** Sends `ended` as its last message, whatever happens. */
  run(): void {
    const { order, clock, send } = this.#options;
    let opened: OpenedSource;
    try {
      if (order.recordPath !== undefined) this.#recorder = new FrameRecorder(order.recordPath);
      opened = openSource(order, clock, this.#counter.memory);
    } catch (thrown) {
      send({ kind: "ended", fault: messageOf(thrown) });
      return;
    }
    send({ kind: "opened", shiftUs: opened.shiftUs });
    let fault: FaultMessage | undefined;
    try {
      this.#loop(opened);
    } catch (thrown) {
      fault = messageOf(thrown);
    }
    // What was counted before the end, however it ended, is handed over.
    this.#warn(opened);
    this.#send(
      opened,
      this.#table.flush(),
      untilNone(() => this.#counter.flushDns()),
    );
    opened.source.close();
    this.#recorder?.close();
    send({ kind: "ended", fault });
  }

  #loop(opened: OpenedSource): void {
    const { source, nowUs, latencyUs } = opened;
    const recorder = this.#recorder;
    const offsetUs = this.#options.order.clockOffsetUs ?? 0;
    const consume = (block: FrameBlock): void => {
      if (offsetUs !== 0) for (let row = 0; row < block.count; row++) block.timesUs[row]! += offsetUs;
      this.#counter.countBlock(block);
      recorder?.record(block, source);
    };
    for (;;) {
      this.#obey(opened);
      if (this.#stopping) {
        this.#drain(opened, consume);
        return;
      }
      this.#ignoreUnwanted(opened);
      if (source.poll(POLL_MS, consume) < 0) return;
      this.#control(opened);
      const isDue = this.#isWatched && nowUs() - this.#reportedAtUs >= REPORT_EVERY_US;
      const windowEnded = Math.floor((nowUs() - latencyUs) / WINDOW_US) > this.#settledWindow;
      if (isDue || windowEnded || this.#table.pendingRows > MANY_ROWS) this.#report(opened);
    }
  }

  /** What passed before the order to stop may still lie in a block that the kernel has not handed over. */
  #drain({ source }: OpenedSource, consume: (block: FrameBlock) => void): void {
    if (this.#options.order.source.kind === "pcap") return;
    const { nowUs } = this.#options.clock;
    const untilUs = nowUs() + DRAIN_US;
    while (nowUs() < untilUs && source.poll(POLL_MS, consume) >= 0);
  }

  #obey(opened: OpenedSource): void {
    for (let command = this.#options.receive(); command !== undefined; command = this.#options.receive()) {
      if (command.kind === "stop") this.#stopping = true;
      else if (command.kind === "focus") opened.source.focus(command.tuples, command.interfaceIndexes);
      else opened.source.watch(command.interfaceIndexes, command.newestKnown);
    }
  }

  /** Once a second: captures fewer connections where they are too many, and more again where there is room. */
  #control({ source }: OpenedSource): void {
    const { order, clock, cpuUs } = this.#options;
    const nowUs = clock.nowUs();
    // The others cannot leave out a connection before it has cost what it costs.
    if (order.source.kind !== "ring" || !this.#overload.isDue(nowUs)) return;
    const droppedFrames = source.statistics().dropped;
    const shift = this.#overload.observe({ nowUs, droppedFrames, cpuUs: cpuUs() });
    if (shift === this.#samplingShift) return;
    source.sample(shift);
    this.#samplingShift = shift;
    this.#table.setSampling(shift);
  }

  /** Files name their interfaces as they go. */
  #ignoreUnwanted({ source }: OpenedSource): void {
    const { order } = this.#options;
    if (order.source.kind !== "pcap" || source.interfaces.length === this.#knownInterfaces) return;
    this.#knownInterfaces = source.interfaces.length;
    const unwanted = new Set(order.source.ignoredNames);
    const indexes = source.interfaces.filter(({ name }) => unwanted.has(name)).map(({ index }) => index);
    const byIndex = new Uint8Array(Math.max(-1, ...indexes) + 1);
    for (const index of indexes) byIndex[index] = 1;
    this.#counter.ignoreInterfaces(byIndex);
  }

  #report(opened: OpenedSource): void {
    this.#warn(opened);
    const nowUs = opened.nowUs();
    // Frames that are still in the source's memory must find their window open.
    const closed = this.#table.closeWindow(nowUs - opened.latencyUs);
    if (closed !== undefined) this.#send(opened, closed);
    const dns = untilNone(() => this.#counter.takeDns(nowUs - opened.latencyUs));
    this.#send(opened, this.#table.takeNew(nowUs), dns);
    this.#reportedAtUs = nowUs;
    this.#settledWindow = Math.floor((nowUs - opened.latencyUs) / WINDOW_US);
  }

  #send(opened: OpenedSource, rows: HopRows | undefined, dns: readonly DnsRows[] = []): void {
    this.#options.send({
      kind: "report",
      rows,
      dns,
      settledUs: opened.nowUs() - opened.latencyUs,
      frames: this.#counter.counters(),
      table: this.#table.counters(),
      capture: opened.source.statistics(),
      interfaces: opened.source.interfaces,
      samplingShift: this.#samplingShift,
      overload: this.#overload.counters,
      position: opened.position?.(),
    });
  }

  /** Sends the warnings that the source has added since the last look; it keeps the newest only. */
  #warn({ source }: OpenedSource): void {
    const { warnings } = source;
    const seen = this.#lastWarning === undefined ? -1 : warnings.indexOf(this.#lastWarning);
    for (const warning of warnings.slice(seen + 1)) {
      this.#options.send({ kind: "warning", fault: messageOf(warning) });
      this.#lastWarning = warning;
    }
  }
}

function untilNone(take: () => DnsRows | undefined): DnsRows[] {
  const all: DnsRows[] = [];
  for (let rows = take(); rows !== undefined; rows = take()) all.push(rows);
  return all;
}

function messageOf(thrown: unknown): FaultMessage {
  if (thrown instanceof Fault) return { code: thrown.code, message: thrown.message, hint: thrown.hint };
  return { code: "INTERNAL", message: describe(thrown), hint: undefined };
}
