import type { DropColumns } from "@hopline/batch";
import { LINKTYPE_NFLOG, openPcapFile, type PcapFileSource, readNflogFrame } from "@hopline/capture";
import { Fault } from "@hopline/fault";
import { LoggedDrops, type LoggedDropsOptions } from "./logged-drops.js";

/** A row is of one second at most. */
const ROWS_EVERY_US = 900_000;

export interface RecordedDropsOptions extends LoggedDropsOptions {
  /** pcap or pcapng with frames of LINKTYPE_NFLOG: what an agent with `--record` or tcpdump wrote. */
  readonly path: string;
  readonly onRows: (columns: DropColumns) => void;
}

/** What rules had logged when a capture was taken, read beside it. */
export class RecordedDrops {
  readonly #options: RecordedDropsOptions;
  readonly #logged: LoggedDrops;
  #file: PcapFileSource | undefined;
  #shiftUs = 0;
  #rowsFromUs = Number.NEGATIVE_INFINITY;
  #packets = 0;

  constructor(options: RecordedDropsOptions) {
    this.#options = options;
    this.#logged = new LoggedDrops(options);
  }

  /** Since the start: packets read, and of these those that made no row. */
  get counters() {
    const { rateLimited, notDecoded } = this.#logged;
    return { evidence: { nflog: this.#packets, kernel: 0 }, lost: 0, rateLimited, notDecoded };
  }

  /**
   * @param shiftUs is added to all times
   * @throws Fault where it is no capture file
   */
  start(shiftUs: number): void {
    this.#shiftUs = shiftUs;
    this.#file = openPcapFile(this.#options.path);
  }

  /**
   * Takes what was logged up to a time, microseconds since the Unix epoch.
   *
   * @throws Fault `NFLOG_FILE_INVALID` for a file of other frames
   */
  readUntil(timeUs: number): void {
    const file = this.#file;
    if (file === undefined) return;
    for (;;) {
      const nextUs = file.peekTimeUs();
      if (nextUs === undefined || nextUs + this.#shiftUs > timeUs) break;
      if (nextUs + this.#shiftUs >= this.#rowsFromUs + ROWS_EVERY_US) {
        this.#handOver();
        this.#rowsFromUs = nextUs + this.#shiftUs;
      }
      const lastUs = Math.min(timeUs, this.#rowsFromUs + ROWS_EVERY_US) - this.#shiftUs;
      file.poll(0, (block) => this.#take(block), Math.max(nextUs, lastUs));
    }
    this.#handOver();
  }

  /** Gives the file back; a second call does nothing. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #take(block: Parameters<Parameters<PcapFileSource["poll"]>[1]>[0]): void {
    if (block.linkType !== LINKTYPE_NFLOG) {
      throw new Fault({
        code: "NFLOG_FILE_INVALID",
        message: `${this.#options.path} holds frames of another kind than what firewall rules log (its link type is ${block.linkType}, not ${LINKTYPE_NFLOG}).`,
        hint: "Take one with --record, or with tcpdump -i nflog:GROUP -w FILE.",
      });
    }
    for (let frame = 0; frame < block.count; frame++) {
      const start = block.offsets[frame]!;
      const logged = readNflogFrame(block.bytes.subarray(start, start + block.capturedLengths[frame]!));
      if (logged === undefined) continue;
      this.#packets++;
      this.#logged.take(logged, block.timesUs[frame]! + this.#shiftUs);
    }
  }

  #handOver(): void {
    const rows = this.#logged.rows();
    if (rows !== undefined) this.#options.onRows(rows);
  }
}
