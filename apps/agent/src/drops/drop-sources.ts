import { join } from "node:path";
import type { DropColumns } from "@hopline/batch";
import type { TranslationTable } from "@hopline/conntrack";
import type { Fault } from "@hopline/fault";
import type { Topology } from "@hopline/topology";
import { InterfaceDirectory } from "../naming/interface-directory.js";
import type { AgentSettings } from "../settings.js";
import { type DropCounters, DropEvidence } from "./drop-evidence.js";
import type { DropMemory } from "./drop-memory.js";
import { DropRecorder } from "./drop-recorder.js";
import { RecordedDrops } from "./recorded-drops.js";

export interface DropSourcesOptions {
  readonly settings: AgentSettings;
  readonly memory: DropMemory;
  readonly translations: TranslationTable;
  readonly topology: Topology;
  readonly onRows: (columns: DropColumns) => void;
  readonly onWarning: (fault: Fault) => void;
}

/** What rules log, and the kernel drops: as it happens, or as it was recorded beside a capture file. */
export class DropSources {
  readonly #live: DropEvidence | undefined;
  readonly #recorder: DropRecorder | undefined;
  readonly #recorded: RecordedDrops | undefined;

  constructor({ settings, topology, onWarning, ...common }: DropSourcesOptions) {
    const { capture, node, nflogGroups, nflogFile, kernelDrops, record } = settings;
    // Logged packets have the kernel's interface indexes, recorded ones too: those of the node's description.
    const interfaces = new InterfaceDirectory(topology, true);
    if (record !== undefined) this.#recorder = new DropRecorder(join(record, `${node}.nflog.pcapng`));
    if (nflogFile !== undefined)
      this.#recorded = new RecordedDrops({ ...common, interfaces, path: nflogFile });
    if (capture !== "pcap")
      this.#live = new DropEvidence({
        ...{ ...common, interfaces, node, kernelDrops, groups: nflogGroups },
        ...{ nowMs: Date.now, recorder: this.#recorder, onWarning },
      });
  }

  get counters(): DropCounters | undefined {
    return this.#live?.counters ?? this.#recorded?.counters;
  }

  /** @throws Fault `RECORD_UNWRITABLE` */
  start(): void {
    this.#recorder?.start();
    this.#live?.start();
  }

  /**
   * @param shiftUs is added to all recorded times
   * @throws Fault where what was recorded is no capture file
   */
  startRecorded(shiftUs: number): void {
    this.#recorded?.start(shiftUs);
  }

  /** What was logged until now is known. */
  read(): void {
    this.#live?.read();
  }

  /**
   * What had been logged until then is known; microseconds since the Unix epoch.
   *
   * @throws Fault `NFLOG_FILE_INVALID`
   */
  readUntil(timeUs: number): void {
    this.#recorded?.readUntil(timeUs);
  }

  stop(): void {
    this.#live?.stop();
    this.#recorded?.close();
  }
}
