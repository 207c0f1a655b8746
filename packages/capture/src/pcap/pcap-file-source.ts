import type { Fault } from "@hopline/fault";
import type { FrameRows } from "../frame-rows.js";
import type { CapturedInterface, CaptureStatistics, FrameBlock, FrameSource } from "../frame-source.js";
import { Warnings } from "../warnings.js";
import type { FilePosition } from "./byte-source.js";
import type { CaptureReader } from "./capture-reader.js";
import { CookedInterfaces } from "./cooked-interfaces.js";
import { truncationAt } from "./damage.js";
import type { FileBytes } from "./file-bytes.js";
import type { FileWindow } from "./file-window.js";

export interface PcapFileSourceOptions {
  /** As it is on the disk. */
  readonly file: FileBytes;
  /** Over what is parsed: the file, or what it decompresses to. */
  readonly window: FileWindow;
  readonly reader: CaptureReader;
  /** To be filled; its bytes are those that the window slides in. */
  readonly rows: FrameRows;
  /** What to call what is parsed in messages. */
  readonly name: string;
  /** Called once, by `close`. */
  readonly close: () => void;
}

/**
 * A capture file as a source. A file cut off in the middle of a record ends with a warning; one that lies about its
 * lengths hands over all frames before the lie, then `poll` throws a Fault with the offset.
 */
export class PcapFileSource implements FrameSource {
  readonly kind = "pcap";

  readonly #options: PcapFileSourceOptions;
  readonly #cooked = new CookedInterfaces();
  readonly #warnings = new Warnings();
  #delivered = 0;
  #ended = false;
  #closed = false;

  constructor(options: PcapFileSourceOptions) {
    this.#options = options;
  }

  /** How far the file has been read, for progress; of a compressed file, its compressed bytes. */
  get position(): FilePosition {
    return this.#options.file.position;
  }

  /**
   * Those described so far: pcapng describes an interface anywhere before its first frame, and a cooked capture of all
   * interfaces with each frame.
   */
  get interfaces(): readonly CapturedInterface[] {
    return this.#cooked.list.length > 0 ? this.#cooked.list : this.#options.reader.interfaces;
  }

  get warnings(): readonly Fault[] {
    return this.#warnings.list;
  }

  /**
   * Hands over one block of frames, of at most 2048. A file never waits, so `timeoutMs` has no meaning.
   *
   * @param untilUs leave frames later than this (microseconds since the Unix epoch) for another call, to replay at a pace:
   *   0 then means that the next frame is later
   * @throws Fault `CAPTURE_FILE_DAMAGED` or `CAPTURE_FILE_UNREADABLE`; the source has ended then
   */
  poll(
    _timeoutMs: number,
    consume: (block: FrameBlock) => void,
    untilUs: number = Number.POSITIVE_INFINITY,
  ): number {
    if (this.#ended) return -1;
    const rows = this.#fill(untilUs);
    if (this.#ended) return -1;
    if (rows.count > 0) {
      this.#delivered += rows.count;
      // Several interfaces in the file's own words leave no room for others.
      if (this.#options.reader.interfaces.length === 1) this.#cooked.assign(rows);
      consume(rows);
    }
    return rows.count;
  }

  /** Time of the next frame, microseconds since the Unix epoch, or undefined at the end. @throws as `poll` */
  peekTimeUs(): number | undefined {
    if (this.#ended) return undefined;
    this.#fill(Number.NEGATIVE_INFINITY);
    return this.#ended ? undefined : this.#options.reader.nextTimeUs;
  }

  statistics(): CaptureStatistics {
    const drops = this.#options.reader.reportedDrops;
    return {
      delivered: this.#delivered,
      dropped: drops ?? 0,
      dropsKnown: drops !== undefined,
      freezes: 0,
      restarts: 0,
    };
  }

  watch(): void {
    // A file holds what was captured: there is nothing to choose from.
  }

  sample(): boolean {
    return false;
  }

  focus(): boolean {
    return false;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ended = true;
    this.#options.close();
  }

  /** Fills the rows, sliding the window on only while they are empty: the rows point into it. */
  #fill(untilUs: number): FrameRows {
    const { rows } = this.#options;
    rows.count = 0;
    for (;;) {
      const stop = this.#options.reader.fill(rows, untilUs);
      if (rows.count > 0 || stop === "full" || stop === "later") return rows;
      if (stop === "damaged") {
        this.#ended = true;
        throw this.#options.reader.damage!;
      }
      if (!this.#refill(this.#options.reader.needed)) return rows;
    }
  }

  #refill(needed: number): boolean {
    const { window, reader, name } = this.#options;
    try {
      if (window.refill(needed)) return true;
    } catch (thrown) {
      this.#ended = true;
      throw thrown;
    }
    this.#ended = true;
    const { fileOffset, available } = window;
    const { truncation } = window.source;
    if (truncation !== undefined) this.#warnings.add(truncation);
    else if (available > 0 || reader.unfinished)
      this.#warnings.add(truncationAt(name, fileOffset, available));
    return false;
  }
}
