import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  ConntrackFollower,
  ConntrackRecorder,
  type FollowerState,
  readRecording,
  type TranslationTable,
} from "@hopline/conntrack";
import { describe, Fault, systemCode } from "@hopline/fault";
import {
  loadDescription,
  runCommand,
  saveDescription,
  type Topology,
  TopologyWatcher,
  type WatcherState,
} from "@hopline/topology";

/** What the agent knows of its node beside packets: interfaces and translations, from the kernel or from files. */
export interface NodeKnowledge {
  /** @throws Fault where the node cannot be described at all */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** What is added to recorded times, in microseconds; called before rows come. */
  shift(shiftUs: number): Promise<void>;
  /** Whether translations are known as they happen. */
  isTracking(): boolean;
  /** Events that conntrack's socket lost, since the start. */
  conntrackLost(): number;
}

export interface LiveKnowledgeOptions {
  readonly node: string;
  readonly topology: Topology;
  readonly translations: TranslationTable;
  /** Folder for `<node>.description.json` and `<node>.conntrack.jsonl`. */
  readonly record: string | undefined;
  /** Added to the kernel's times, microseconds. */
  readonly clockOffsetUs: number;
  readonly onTopology: () => void;
  readonly onTopologyState: (state: WatcherState) => void;
  readonly onConntrackState: (state: FollowerState) => void;
}

/** The node itself, followed as it changes. */
export class LiveKnowledge implements NodeKnowledge {
  readonly watcher: TopologyWatcher;
  readonly follower: ConntrackFollower;
  readonly #options: LiveKnowledgeOptions;
  readonly #recorder: ConntrackRecorder | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: LiveKnowledgeOptions) {
    this.#options = options;
    const { topology, translations, node, record, clockOffsetUs } = options;
    const recorder =
      record === undefined ? undefined : new ConntrackRecorder(join(record, `${node}.conntrack.jsonl`));
    this.#recorder = recorder;
    this.watcher = new TopologyWatcher({
      topology,
      run: runCommand,
      onChange: () => {
        this.#save();
        options.onTopology();
      },
      onState: options.onTopologyState,
    });
    this.follower = new ConntrackFollower({
      table: translations,
      nowUs: () => Date.now() * 1000 + clockOffsetUs,
      onState: options.onConntrackState,
      onRecord: (one) => {
        one.timeUs += clockOffsetUs;
        recorder?.write(one);
      },
    });
  }

  async start(): Promise<void> {
    const { record } = this.#options;
    if (record !== undefined) await makeFolder(record);
    await this.#recorder?.start();
    await this.watcher.start();
    this.follower.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.watcher.stop(), this.follower.stop()]);
    await this.#recorder?.stop();
    await this.#saving;
  }

  async shift(): Promise<void> {
    // The kernel's times are the clock's.
  }

  isTracking(): boolean {
    return this.follower.state.kind === "following";
  }

  conntrackLost(): number {
    return this.follower.counters.lostEvents;
  }

  #save(): void {
    const { record, node, topology } = this.#options;
    if (record === undefined) return;
    const path = join(record, `${node}.description.json`);
    this.#saving = this.#saving
      .then(() => saveDescription(path, node, topology.description))
      .catch(() => undefined);
  }
}

/** A node as files describe it, for captures that are looked at elsewhere. Without files nothing is known. */
export class RecordedKnowledge implements NodeKnowledge {
  readonly #topology: Topology;
  readonly #translations: TranslationTable;
  readonly #files: {
    readonly nodeDescription: string | undefined;
    readonly conntrackLog: string | undefined;
  };

  constructor(options: {
    readonly topology: Topology;
    readonly translations: TranslationTable;
    readonly nodeDescription: string | undefined;
    readonly conntrackLog: string | undefined;
  }) {
    this.#topology = options.topology;
    this.#translations = options.translations;
    this.#files = options;
  }

  async start(): Promise<void> {
    const { nodeDescription } = this.#files;
    if (nodeDescription !== undefined)
      this.#topology.update((await loadDescription(nodeDescription)).description);
  }

  async stop(): Promise<void> {
    // Files are read at the start.
  }

  async shift(shiftUs: number): Promise<void> {
    const { conntrackLog } = this.#files;
    if (conntrackLog === undefined) return;
    await readRecording(conntrackLog, (record) => {
      record.timeUs += shiftUs;
      this.#translations.apply(record);
    });
  }

  isTracking(): boolean {
    return false;
  }

  conntrackLost(): number {
    return 0;
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (thrown) {
    throw new Fault({
      code: "RECORD_UNWRITABLE",
      message: `The folder ${path} cannot be made: ${systemCode(thrown) ?? describe(thrown)}.`,
      hint: "Give --record a folder that can be written.",
      cause: thrown,
    });
  }
}
