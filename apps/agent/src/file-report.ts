import type { CaptureReport } from "./capture/worker-messages.js";

/** What became of a capture file's frames. */
export interface FrameReport {
  readonly node: string;
  readonly file: string;
  /** `seen` = `counted` + the sum of `notCounted`. */
  readonly seen: number;
  readonly counted: number;
  /** By reason; `ignored-interface` for frames of interfaces whose role was not asked for. */
  readonly notCounted: Readonly<Record<string, number>>;
  /** Frames that the capturing program reported as lost, or null where the file does not say. */
  readonly dropped: number | null;
}

/** The one line of JSON that the agent prints when it has come to the end of a capture file, and all of it is stored. */
export interface FileReport extends FrameReport {
  /** Batches of rows that the collector would not take: what they held is missing. */
  readonly refusedBatches: number;
  /** Why, in sentences. */
  readonly refusals: readonly string[];
  /** What went wrong on the way without ending it, in sentences. */
  readonly warnings: readonly string[];
}

/** @param report the last one of the capture; none came from a file without a frame */
export function frameReport(
  node: string,
  file: string,
  report: Pick<CaptureReport, "frames" | "capture"> | undefined,
): FrameReport {
  const { seen = 0, counted = 0, ignored = 0, notCounted = {} } = report?.frames ?? {};
  return {
    node,
    file,
    seen,
    counted,
    notCounted: ignored === 0 ? notCounted : { ...notCounted, "ignored-interface": ignored },
    dropped: report?.capture.dropsKnown === true ? report.capture.dropped : null,
  };
}
