import type {
  CapturedInterface,
  CaptureStatistics,
  FilePosition,
  FrameBlock,
  FrameSource,
  PcapFileSource,
} from "@hopline/capture";
import type { Fault } from "@hopline/fault";
import { WINDOW_SECONDS } from "@hopline/flow";
import type { ThreadClock } from "./open-source.js";

export interface ReplayOptions {
  /** Seconds added to every frame's time, or `now`: what brings the first frame to the present. */
  readonly shift: "now" | number;
  /**
   * `real`: a frame is handed over when the clock reaches its (moved) time, or without a shift as long after the first
   * as it came; `fast`: as fast as it can be read.
   */
  readonly pace: "real" | "fast";
}

const WINDOW_US = WINDOW_SECONDS * 1e6;

/**
 * A capture file played as if it were live: its times moved, its frames at their own pace, and never frames of two
 * windows in one poll, so that each window's counters are its own however fast the file is read.
 */
export class PcapReplay implements FrameSource {
  readonly kind = "pcap";
  /** Added to every frame's time, in microseconds. */
  readonly shiftUs: number;
  readonly #file: PcapFileSource;
  readonly #clock: ThreadClock;
  /** Clock minus file, in microseconds; -Infinity: everything is due. */
  readonly #paceUs: number;
  #timeUs = Number.NEGATIVE_INFINITY;

  /** @throws Fault where the file's beginning cannot be read */
  constructor(file: PcapFileSource, options: ReplayOptions, clock: ThreadClock) {
    this.#file = file;
    this.#clock = clock;
    const nowUs = clock.nowUs();
    const toPresentUs = nowUs - (file.peekTimeUs() ?? nowUs);
    this.shiftUs = options.shift === "now" ? toPresentUs : options.shift * 1e6;
    const paceUs = this.shiftUs === 0 ? toPresentUs : this.shiftUs;
    this.#paceUs = options.pace === "fast" ? Number.NEGATIVE_INFINITY : paceUs;
  }

  get interfaces(): readonly CapturedInterface[] {
    return this.#file.interfaces;
  }

  get warnings(): readonly Fault[] {
    return this.#file.warnings;
  }

  /** How far the file has been read. */
  get position(): FilePosition {
    return this.#file.position;
  }

  /** All frames up to this moved time have been handed over; -Infinity before the first. */
  get timeUs(): number {
    return this.#timeUs;
  }

  poll(timeoutMs: number, consume: (block: FrameBlock) => void): number {
    const nextUs = this.#file.peekTimeUs();
    // At its end the file's own poll says so.
    if (nextUs === undefined) return this.#file.poll(0, consume);
    const waitMs = (nextUs + this.#paceUs - this.#clock.nowUs()) / 1000;
    if (waitMs > 0) this.#clock.sleepMs(Math.min(waitMs, timeoutMs));
    if (waitMs > timeoutMs) return 0;

    const windowEndUs = (Math.floor((nextUs + this.shiftUs) / WINDOW_US) + 1) * WINDOW_US;
    const lastOfWindowUs = windowEndUs - this.shiftUs - 1;
    const dueUs = this.#clock.nowUs() - this.#paceUs;
    // What woke the poll is due, even where the clock's sleep was a little short.
    const frames = this.#file.poll(
      0,
      (block) => this.#move(block, consume),
      Math.min(lastOfWindowUs, Math.max(dueUs, nextUs)),
    );
    const followingUs = frames < 0 ? undefined : this.#file.peekTimeUs();
    if (followingUs !== undefined && followingUs > lastOfWindowUs) this.#timeUs = windowEndUs;
    return frames;
  }

  statistics(): CaptureStatistics {
    return this.#file.statistics();
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
    this.#file.close();
  }

  #move(block: FrameBlock, consume: (block: FrameBlock) => void): void {
    const { timesUs, count } = block;
    for (let frame = 0; frame < count; frame++) {
      timesUs[frame] = timesUs[frame]! + this.shiftUs;
      if (timesUs[frame]! > this.#timeUs) this.#timeUs = timesUs[frame]!;
    }
    consume(block);
  }
}
