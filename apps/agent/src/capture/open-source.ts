import {
  type FilePosition,
  type FrameMemory,
  type FrameSource,
  openCap,
  openPcapFile,
  openRing,
  RING_DEFAULTS,
} from "@hopline/capture";
import { PcapReplay } from "./pcap-replay.js";
import type { CaptureOrder } from "./worker-messages.js";

/** How the capture thread tells the time and waits; passed in for tests. */
export interface ThreadClock {
  /** Microseconds since the Unix epoch. */
  readonly nowUs: () => number;
  /** Blocks the thread. */
  readonly sleepMs: (durationMs: number) => void;
}

/** A source with what the loop must know of its time. */
export interface OpenedSource {
  readonly source: FrameSource;
  /** Added to every frame's time, in microseconds. */
  readonly shiftUs: number;
  /** Packet time now: the clock's, or how far a file has been read; microseconds since the Unix epoch. */
  readonly nowUs: () => number;
  /** How long a frame may lie in the source's memory before it is handed over, in microseconds. */
  readonly latencyUs: number;
  /** Files: how far they have been read. */
  readonly position?: () => FilePosition;
}

export const RING_RETIRE_MS = 60;
const RING_LATENCY_US = 250_000;
const CAP_LATENCY_US = 1_000_000;

/**
 * @param memory of who counts the frames
 * @throws Fault of packages/capture: no permission, no such file, no capture file, …
 */
export function openSource(order: CaptureOrder, clock: ThreadClock, memory: FrameMemory): OpenedSource {
  const { source, interfaceIndexes, newestKnown } = order;
  switch (source.kind) {
    case "ring": {
      const { snapLength, blockBytes, blockCount } = source;
      const options = {
        ...{ interfaceIndexes, newestKnown, snapLength, blockBytes, blockCount, memory },
        retireMs: RING_RETIRE_MS,
        vxlanPorts: [...new Set([...RING_DEFAULTS.vxlanPorts, ...order.tunnelPorts.vxlan])],
        genevePorts: [...new Set([...RING_DEFAULTS.genevePorts, ...order.tunnelPorts.geneve])],
      };
      return { source: openRing(options), shiftUs: 0, nowUs: clock.nowUs, latencyUs: RING_LATENCY_US };
    }
    case "cap": {
      const cap = openCap({ interfaceIndexes, snapLength: source.snapLength });
      return { source: cap, shiftUs: 0, nowUs: clock.nowUs, latencyUs: CAP_LATENCY_US };
    }
    case "pcap": {
      const replay = new PcapReplay(openPcapFile(source.path, { memory }), source, clock);
      const { shiftUs } = replay;
      return {
        ...{ source: replay, shiftUs, nowUs: () => replay.timeUs, latencyUs: 0 },
        position: () => replay.position,
      };
    }
  }
}
