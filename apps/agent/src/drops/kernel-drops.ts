import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, Fault, systemCode } from "@hopline/fault";

const TRACEFS = "/sys/kernel/tracing";
const EVENT = "events/skb/kfree_skb";
/** Only what has to do with IP: ETH_P_IP, ETH_P_IPV6. */
const FILTER = "protocol == 0x0800 || protocol == 0x86dd";
/** Kernel memory for events that nobody has read yet, for each processor. */
const BUFFER_KIB = 512;
const READ_EVERY_MS = 200;
/** In one turn: some 7,000 events; what there is more of is overwritten by the kernel, and counted. */
const MOST_BYTES = 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const REASON = "reason: ";

/** Counters since the start, all monotonic. */
export interface KernelDropCounters {
  packets: number;
  /** Events that the kernel had no room for. */
  lost: number;
}

/** What the kernel dropped for one reason. */
export interface KernelDropSum {
  /** As in the kernel's SKB_DROP_REASON_ names, e.g. `NETFILTER_DROP`. */
  readonly reason: string;
  /** When the first was read, microseconds since the Unix epoch. */
  readonly firstUs: number;
  packets: number;
}

export interface KernelDropsOptions {
  /** Names the tracing instance, so that agents of one kernel do not meet. */
  readonly node: string;
  readonly nowMs: () => number;
  readonly onWarning: (fault: Fault) => void;
}

/**
 * Counts the packets that the kernel drops by the reason that it gives, read from the tracepoint skb:kfree_skb in a tracing
 * instance of its own (Documentation/trace/ftrace.rst). Reasons are named from Linux 5.17 on. The tracepoint tells of no network
 * namespace: these are the machine's drops, not a pod's.
 */
export class KernelDrops {
  readonly counters: KernelDropCounters = { packets: 0, lost: 0 };
  readonly #options: KernelDropsOptions;
  readonly #instance: string;
  readonly #chunk = Buffer.alloc(CHUNK_BYTES);
  #sums = new Map<string, KernelDropSum>();
  #pipe: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The beginning of a line whose end has not been read. */
  #rest = "";

  constructor(options: KernelDropsOptions) {
    this.#options = options;
    this.#instance = join(TRACEFS, "instances", `hopline-${options.node.replace(/[^\w.-]/g, "_")}`);
  }

  /** Where it can't be had, that is said once. */
  start(): void {
    try {
      this.#attach();
    } catch (thrown) {
      this.#giveUp(thrown);
      return;
    }
    this.#timer = setInterval(() => this.#read(), READ_EVERY_MS);
  }

  stop(): void {
    this.#read();
    this.#detach();
  }

  /** What was dropped since the last time that this was asked. */
  take(): KernelDropSum[] {
    const taken = [...this.#sums.values()];
    this.#sums = new Map();
    return taken;
  }

  #attach(): void {
    // A killed agent leaves its instance behind.
    this.#remove();
    mkdirSync(this.#instance);
    const write = (file: string, text: string) => writeFileSync(join(this.#instance, file), text);
    write("buffer_size_kb", String(BUFFER_KIB));
    write(join(EVENT, "filter"), FILTER);
    this.#pipe = openSync(join(this.#instance, "trace_pipe"), constants.O_RDONLY | constants.O_NONBLOCK);
    write(join(EVENT, "enable"), "1");
  }

  #giveUp(thrown: unknown): void {
    this.#detach();
    this.#options.onWarning(
      new Fault({
        code: "KERNEL_DROPS_UNAVAILABLE",
        message: `The kernel's drop reasons can't be read: ${describe(thrown)}.`,
        hint: `It takes root, ${TRACEFS} mounted, and the tracepoint skb:kfree_skb. Without --kernel-drops they are not asked for.`,
        cause: thrown,
      }),
    );
  }

  #detach(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#pipe !== undefined) closeSync(this.#pipe);
    this.#pipe = undefined;
    try {
      this.#remove();
    } catch {
      // The next start removes it, or says why it can't.
    }
  }

  #remove(): void {
    if (existsSync(this.#instance)) rmdirSync(this.#instance);
  }

  #read(): void {
    if (this.#pipe === undefined) return;
    for (let total = 0; total < MOST_BYTES; ) {
      const bytes = this.#readSome(this.#pipe);
      if (bytes === 0) return;
      total += bytes;
      const lines = (this.#rest + this.#chunk.toString("latin1", 0, bytes)).split("\n");
      this.#rest = lines.pop() ?? "";
      for (const line of lines) this.#take(line);
    }
  }

  /** @returns 0 where nothing waits. */
  #readSome(pipe: number): number {
    try {
      return readSync(pipe, this.#chunk);
    } catch (thrown) {
      if (systemCode(thrown) !== "EAGAIN") this.#giveUp(thrown);
      return 0;
    }
  }

  #take(line: string): void {
    const at = line.lastIndexOf(REASON);
    if (at < 0) {
      const lost = /\[LOST (\d+) EVENTS\]/.exec(line);
      if (lost !== null) this.counters.lost += Number(lost[1]);
      return;
    }
    this.counters.packets++;
    const reason = line.slice(at + REASON.length).trim();
    const known = this.#sums.get(reason);
    if (known !== undefined) known.packets++;
    else this.#sums.set(reason, { reason, firstUs: this.#options.nowMs() * 1000, packets: 1 });
  }
}
