import type { CapturedInterface, CaptureStatistics, FilePosition, FocusTuple } from "@hopline/capture";
import type { DnsRows, FlowTableCounters, FrameCounters, HopRows } from "@hopline/flow";
import type { TunnelPorts } from "@hopline/topology";
import type { OverloadCounters } from "./overload-controller.js";

/** A Fault as it crosses between threads. */
export interface FaultMessage {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** What the capture thread opens. */
export type CaptureSource =
  | {
      readonly kind: "ring";
      readonly snapLength: number;
      readonly blockBytes: number;
      readonly blockCount: number;
    }
  | { readonly kind: "cap"; readonly snapLength: number }
  | {
      readonly kind: "pcap";
      readonly path: string;
      /** Seconds added to every frame's time, or `now`: what brings the first frame to the present. */
      readonly shift: "now" | number;
      /** `real`: as the frames came; `fast`: as fast as they can be read. */
      readonly pace: "real" | "fast";
      /** Interfaces whose frames are not wanted. */
      readonly ignoredNames: readonly string[];
    };

export interface CaptureOrder {
  readonly source: CaptureSource;
  /** Kernel interface indexes to begin with; live sources only. */
  readonly interfaceIndexes: readonly number[];
  /** Interfaces of higher indexes are captured too: what they are is not known yet. */
  readonly newestKnown: number;
  readonly flowCapacity: number;
  /** Ports of the node's tunnel devices, beside the usual ones. */
  readonly tunnelPorts: TunnelPorts;
  /** Percent of one core that the capture thread may take before it samples connections; live sources only. */
  readonly cpuBudgetPercent: number;
  /** Live sources: pcapng file to write all frames to. */
  readonly recordPath: string | undefined;
  /** Added to the clock and to every frame's time, microseconds; live sources only. */
  readonly clockOffsetUs?: number;
}

/** To the capture thread. */
export type WorkerCommand =
  | {
      readonly kind: "watch";
      readonly interfaceIndexes: readonly number[];
      readonly newestKnown: number;
    }
  /** Captures these connections at these interfaces besides, whatever else is captured. */
  | {
      readonly kind: "focus";
      readonly tuples: readonly FocusTuple[];
      readonly interfaceIndexes: readonly number[];
    }
  | { readonly kind: "stop" };

/** Rows and counters, several times a second. Counters are since the start. */
export interface CaptureReport {
  readonly kind: "report";
  readonly rows: HopRows | undefined;
  /** DNS questions of windows that are over. */
  readonly dns: readonly DnsRows[];
  /** Microseconds since the Unix epoch: all frames before this packet time have been counted. */
  readonly settledUs: number;
  readonly frames: FrameCounters;
  readonly table: FlowTableCounters;
  readonly capture: CaptureStatistics;
  readonly interfaces: readonly CapturedInterface[];
  /** One in 2^shift connections is captured now. */
  readonly samplingShift: number;
  readonly overload: OverloadCounters;
  /** Files only. */
  readonly position: FilePosition | undefined;
}

/** From the capture thread. */
export type WorkerMessage =
  /** `shiftUs`: what is added to every frame's time; 0 for live sources. */
  | { readonly kind: "opened"; readonly shiftUs: number }
  | CaptureReport
  | { readonly kind: "warning"; readonly fault: FaultMessage }
  /** The last message. `fault` is missing where the source came to its end or was told to stop. */
  | { readonly kind: "ended"; readonly fault: FaultMessage | undefined };
