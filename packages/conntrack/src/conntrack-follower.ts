import type { Fault } from "@hopline/fault";
import { readConntrackLine } from "./conntrack-line.js";
import { ConntrackProcess } from "./conntrack-process.js";
import { type ConntrackRecord, emptyRecord, RECORD_DUMPED } from "./conntrack-record.js";
import type { LineConsumer } from "./line-splitter.js";
import { readSocketLosses } from "./socket-losses.js";
import type { TranslationTable } from "./translation-table.js";

export type FollowerState =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting" }
  | { readonly kind: "following" }
  /** Not following now; the next try comes by itself. */
  | { readonly kind: "failed"; readonly fault: Fault };

/** Counters since the start, all monotonic. */
export interface FollowerCounters {
  lines: number;
  /** Lines that hold no entry, as far as we can read. */
  unreadableLines: number;
  /** How often the kernel found the event socket full. */
  overruns: number;
  /** Events that the kernel could not put into the socket. */
  lostEvents: number;
  restarts: number;
  dumps: number;
  failedDumps: number;
}

export interface ConntrackFollowerOptions {
  readonly table: TranslationTable;
  /** Microseconds since the Unix epoch. */
  readonly nowUs: () => number;
  readonly command?: string;
  /** Receive buffer of the event socket in bytes. */
  readonly bufferBytes?: number;
  /** How often everything is read again, in milliseconds: it heals what lost events left behind. */
  readonly dumpEveryMs?: number;
  readonly onState?: (state: FollowerState) => void;
  /** Sees every record before the table does; the record is reused. For recordings. */
  readonly onRecord?: (record: ConntrackRecord) => void;
}

const BUFFER_BYTES = 16 * 1024 * 1024;
const DUMP_EVERY_MS = 300_000;
const HOUSEKEEPING_EVERY_MS = 1000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 60_000;
/** If the tool's notice that it listens does not come, the dump goes ahead after this long. */
const LISTENING_TIMEOUT_MS = 1000;

/**
 * Keeps a {@link TranslationTable} as the kernel has it: events by `conntrack -E`, and everything by `conntrack -L`
 * at the start, after lost events and now and then. Whatever fails is a state and a counter, and is tried again.
 *
 * The repeated dump is needed even where nothing is lost: with net.netfilter.nf_conntrack_events = 2 (the kernel's
 * default) an entry that was made while nobody listened never reports its end.
 *
 * UPDATE events are not asked for: an entry's tuples never change after NEW, and they are most of the traffic.
 */
export class ConntrackFollower {
  readonly counters: FollowerCounters = {
    lines: 0,
    unreadableLines: 0,
    overruns: 0,
    lostEvents: 0,
    restarts: 0,
    dumps: 0,
    failedDumps: 0,
  };
  readonly #options: ConntrackFollowerOptions;
  readonly #command: string;
  readonly #record = emptyRecord();
  #state: FollowerState = { kind: "stopped" };
  #events: ConntrackProcess | undefined;
  #dumping: ConntrackProcess | undefined;
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #housekeeping: NodeJS.Timeout | undefined;
  #periodicDump: NodeJS.Timeout | undefined;
  #dumpRequested = false;
  #lossesOfThisProcess = 0;
  #stopping = false;

  constructor(options: ConntrackFollowerOptions) {
    this.#options = options;
    this.#command = options.command ?? "conntrack";
  }

  get state(): FollowerState {
    return this.#state;
  }

  start(): void {
    this.#setState({ kind: "starting" });
    this.#running = this.#run();
    this.#housekeeping = setInterval(() => void this.#keepHouse(), HOUSEKEEPING_EVERY_MS);
    this.#periodicDump = setInterval(() => void this.#dump(), this.#options.dumpEveryMs ?? DUMP_EVERY_MS);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#housekeeping);
    clearInterval(this.#periodicDump);
    this.#wake?.();
    await Promise.all([this.#events?.stop(), this.#dumping?.stop(), this.#running]);
    this.#setState({ kind: "stopped" });
  }

  async #run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.#stopping) {
      const fault = await this.#followOnce(() => {
        retryMs = FIRST_RETRY_MS;
      });
      if (this.#stopping) return;
      this.counters.restarts++;
      if (fault !== null) this.#setState({ kind: "failed", fault });
      await this.#pause(retryMs);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    }
  }

  /** One life of the event process. Events first, then the dump, so that nothing falls between them. */
  async #followOnce(onFollowing: () => void): Promise<Fault | null> {
    this.#lossesOfThisProcess = 0;
    let listening: () => void = () => undefined;
    const isListening = new Promise<void>((resolve) => {
      listening = resolve;
    });
    const timer = setTimeout(listening, LISTENING_TIMEOUT_MS);
    const bufferBytes = String(this.#options.bufferBytes ?? BUFFER_BYTES);
    const events = new ConntrackProcess({
      command: this.#command,
      args: ["-E", "-b", bufferBytes, "-o", "timestamp,id", "-e", "NEW,DESTROY"],
      onLine: this.#apply(false),
      onNotice: (line) => {
        if (line.startsWith("NOTICE:")) listening();
        if (line.includes("ENOBUFS")) {
          this.counters.overruns++;
          void this.#dump();
        }
      },
    });
    this.#events = events;
    const earlyEnd = await Promise.race([events.ended.then((fault) => ({ fault })), isListening]);
    clearTimeout(timer);
    if (earlyEnd !== undefined) return earlyEnd.fault;
    await this.#dump();
    if (!this.#stopping) this.#setState({ kind: "following" });
    onFollowing();
    return events.ended;
  }

  async #dump(): Promise<void> {
    if (this.#stopping) return;
    this.#dumpRequested = true;
    if (this.#dumping !== undefined) return;
    while (this.#dumpRequested && !this.#stopping) {
      this.#dumpRequested = false;
      const beganUs = this.#options.nowUs();
      this.#options.table.beginDump();
      const ok = (await this.#dumpFamily("ipv4", beganUs)) && (await this.#dumpFamily("ipv6", beganUs));
      if (ok) {
        this.counters.dumps++;
        this.#options.table.endDump(beganUs);
      } else this.counters.failedDumps++;
    }
  }

  async #dumpFamily(family: "ipv4" | "ipv6", beganUs: number): Promise<boolean> {
    if (this.#stopping) return false;
    this.#dumping = new ConntrackProcess({
      command: this.#command,
      args: ["-L", "-f", family, "-o", "id"],
      onLine: this.#apply(true, beganUs),
    });
    const fault = await this.#dumping.ended;
    this.#dumping = undefined;
    return fault === null && !this.#stopping;
  }

  #apply(dumped: boolean, beganUs = 0): LineConsumer {
    return (bytes, start, end) => {
      this.counters.lines++;
      const record = this.#record;
      if (!readConntrackLine(bytes, start, end, record)) {
        this.counters.unreadableLines++;
        return;
      }
      if (dumped) {
        record.kind = RECORD_DUMPED;
        record.timeUs = beganUs;
      }
      this.#options.onRecord?.(record);
      this.#options.table.apply(record);
    };
  }

  async #keepHouse(): Promise<void> {
    this.#options.table.expire(this.#options.nowUs());
    const pid = this.#events?.pid;
    if (pid === undefined) return;
    const losses = await readSocketLosses(pid);
    if (pid !== this.#events?.pid || losses <= this.#lossesOfThisProcess) return;
    this.counters.lostEvents += losses - this.#lossesOfThisProcess;
    this.#lossesOfThisProcess = losses;
  }

  #setState(state: FollowerState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }

  #pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
