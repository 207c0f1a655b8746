import { DROPPED_PACKET_BYTES, type DropColumns } from "@hopline/batch";
import { type LoggedPacket, NflogGroup } from "@hopline/capture";
import type { TranslationTable } from "@hopline/conntrack";
import { describe, Fault } from "@hopline/fault";
import type { InterfaceDirectory } from "../naming/interface-directory.js";
import type { DropMemory } from "./drop-memory.js";
import type { DropRecorder } from "./drop-recorder.js";
import { kernelDropColumns } from "./kernel-drop-columns.js";
import { KernelDrops } from "./kernel-drops.js";
import { LoggedDrops } from "./logged-drops.js";

/** Soon enough that a client's row, which waits for conntrack for 300 ms, finds its drop. */
const READ_EVERY_MS = 100;
/** As often as first rows leave; the collector stores what comes within half a second by one INSERT. */
const ROWS_EVERY_MS = 400;
/** The kernel's counts have no connection that somebody waits for. */
const KERNEL_ROWS_EVERY_MS = 10_000;
/** In one turn, of one group: at 30 packets a datagram far more than can be worked off. */
const MOST_DATAGRAMS = 256;
const EXPIRE_EVERY_MS = 5000;

/** Counters since the start, all monotonic. */
export interface DropCounters {
  /** Packets, by who says that they were dropped. */
  readonly evidence: { readonly nflog: number; readonly kernel: number };
  /** Packets that the kernel had no room for. */
  readonly lost: number;
  /** Packets that came when there were rows enough. */
  readonly rateLimited: number;
  /** Packets that belong to no flow. */
  readonly notDecoded: number;
}

export interface DropEvidenceOptions {
  readonly node: string;
  /** NFLOG groups to read. */
  readonly groups: readonly number[];
  /** Whether the kernel is asked for its counts by reason. */
  readonly kernelDrops: boolean;
  readonly memory: DropMemory;
  readonly translations: TranslationTable;
  readonly interfaces: InterfaceDirectory;
  readonly nowMs: () => number;
  /** Keeps what is read, for replays. */
  readonly recorder: DropRecorder | undefined;
  readonly onRows: (columns: DropColumns) => void;
  /** A group that can't be read: the others are. */
  readonly onWarning: (fault: Fault) => void;
}

/** Reads what firewall rules log of packets that they drop, and makes rows of it. */
export class DropEvidence {
  readonly #options: DropEvidenceOptions;
  readonly #logged: LoggedDrops;
  #recorder: DropRecorder | undefined;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #kernel: KernelDrops | undefined;
  #groups: NflogGroup[] = [];
  /** Of groups that can't be read any more. */
  #gone = { packets: 0, lost: 0 };

  constructor(options: DropEvidenceOptions) {
    this.#options = options;
    this.#logged = new LoggedDrops(options);
    this.#recorder = options.recorder;
    const { kernelDrops, node, nowMs, onWarning } = options;
    this.#kernel = kernelDrops ? new KernelDrops({ node, nowMs, onWarning }) : undefined;
  }

  get counters(): DropCounters {
    const total = { ...this.#gone };
    for (const { counters } of this.#groups) {
      total.packets += counters.packets;
      total.lost += counters.lost;
    }
    const { rateLimited, notDecoded } = this.#logged;
    const kernel = this.#kernel?.counters ?? { packets: 0, lost: 0 };
    return {
      evidence: { nflog: total.packets, kernel: kernel.packets },
      lost: total.lost + kernel.lost,
      rateLimited,
      notDecoded,
    };
  }

  start(): void {
    for (const group of this.#options.groups) {
      try {
        this.#groups.push(new NflogGroup({ group, copyBytes: DROPPED_PACKET_BYTES }));
      } catch (thrown) {
        this.#warn(thrown);
      }
    }
    if (this.#kernel !== undefined) {
      this.#kernel.start();
      this.#timers.push(setInterval(() => this.#handOverKernel(), KERNEL_ROWS_EVERY_MS));
    }
    if (this.#groups.length === 0) return;
    this.#timers.push(
      setInterval(() => this.read(), READ_EVERY_MS),
      setInterval(() => this.#handOver(), ROWS_EVERY_MS),
      setInterval(() => this.#options.memory.expire(this.#options.nowMs() * 1000), EXPIRE_EVERY_MS),
    );
  }

  /** What was logged before is handed over. */
  stop(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    this.read();
    for (const group of this.#groups) this.#close(group);
    this.#groups = [];
    this.#handOver();
    this.#keep((recorder) => recorder.close());
    this.#kernel?.stop();
    this.#handOverKernel();
  }

  /** Takes what rules have logged until now. */
  read(): void {
    for (const group of this.#groups) {
      try {
        group.read((packet) => this.#take(packet), MOST_DATAGRAMS);
      } catch (thrown) {
        this.#groups = this.#groups.filter((one) => one !== group);
        this.#close(group);
        this.#warn(thrown);
      }
    }
  }

  #take(logged: LoggedPacket): void {
    const timeUs = logged.timeUs ?? this.#options.nowMs() * 1000;
    this.#keep((recorder) => recorder.record(logged, timeUs));
    this.#logged.take(logged, timeUs);
  }

  /** Evidence goes on where it can't be recorded any more. */
  #keep(what: (recorder: DropRecorder) => void): void {
    if (this.#recorder === undefined) return;
    try {
      what(this.#recorder);
    } catch (thrown) {
      this.#recorder = undefined;
      this.#warn(thrown);
    }
  }

  #handOver(): void {
    const rows = this.#logged.rows();
    if (rows === undefined) return;
    this.#keep((recorder) => recorder.flush());
    this.#options.onRows(rows);
  }

  #handOverKernel(): void {
    const sums = this.#kernel?.take() ?? [];
    if (sums.length > 0) this.#options.onRows(kernelDropColumns(sums));
  }

  #close(group: NflogGroup): void {
    this.#gone.packets += group.counters.packets;
    this.#gone.lost += group.counters.lost;
    group.close();
  }

  #warn(thrown: unknown): void {
    const fault =
      thrown instanceof Fault
        ? thrown
        : new Fault({ code: "INTERNAL", message: `Drop evidence: ${describe(thrown)}.`, cause: thrown });
    this.#options.onWarning(fault);
  }
}
