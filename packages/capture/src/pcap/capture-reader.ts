import type { Fault } from "@hopline/fault";
import type { FrameRows } from "../frame-rows.js";
import type { CapturedInterface } from "../frame-source.js";

/**
 * Why a reader stopped filling rows:
 * `full` the rows hold all that one hand-over may (their number, or the next frame has another link type),
 * `later` the next frame is later than asked for, `more` it needs {@link CaptureReader.needed} bytes in the window,
 * `damaged` the file cannot be read on, see {@link CaptureReader.damage}.
 */
export type Stop = "full" | "later" | "more" | "damaged";

/** One capture file format, parsed in place from a window that somebody else refills. */
export interface CaptureReader {
  readonly interfaces: readonly CapturedInterface[];
  /** After `more`: bytes from the window's position on without which nothing can be parsed. */
  readonly needed: number;
  /** After `later`: time of the next frame, microseconds since the Unix epoch. */
  readonly nextTimeUs: number;
  /** After `damaged`. */
  readonly damage: Fault | undefined;
  /** Whether the file would end too early if it ended where the window ends, with nothing available. */
  readonly unfinished: boolean;
  /** Frames that whoever captured reported as dropped, or undefined where the file does not say. */
  readonly reportedDrops: number | undefined;
  /** Adds frames up to and including `untilUs` to the rows, and moves the window's position past them. Never throws. */
  fill(rows: FrameRows, untilUs: number): Stop;
}
