import { release } from "node:os";
import { Fault } from "@hopline/fault";
import type { FrameMemory } from "../frame-rows.js";

export interface RingOptions {
  /** Kernel interface indexes to begin with. Default: none, until `watch`. */
  readonly interfaceIndexes?: readonly number[];
  /** As of `watch`. */
  readonly newestKnown?: number;
  /** Bytes kept of each frame, 1 to 262144. */
  readonly snapLength?: number;
  /** A power of two from 64 KiB to 64 MiB. A block is handed over when it is full or retired. */
  readonly blockBytes?: number;
  /** 2 to 4096. Blocks times their size is memory that the kernel locks, 1 GiB at most. */
  readonly blockCount?: number;
  /** After how many milliseconds the kernel hands over a block that is not full, 1 to 1000. */
  readonly retireMs?: number;
  /**
   * Whether to ask for the segment sizes of super-frames (PACKET_VNET_HDR). Default: from Linux 6.2 on, since a kernel drops
   * super-frames whose kind its virtio header cannot name: before 6.2 those of UDP, and to this day those of SCTP.
   */
  readonly segmentSizes?: boolean;
  /** UDP ports of VXLAN and Geneve, behind whose headers sampling and focus look for the inner connection. */
  readonly vxlanPorts?: readonly number[];
  readonly genevePorts?: readonly number[];
  /** The consumer's, to move frames to. Default: some of the ring's own. */
  readonly memory?: FrameMemory;
}

type Unset = "newestKnown" | "memory";
export type RingSettings = Required<Omit<RingOptions, Unset>> & Pick<RingOptions, Unset>;

/** packages/capture/README.md has the measurements behind these. */
export const RING_DEFAULTS: RingSettings = {
  interfaceIndexes: [],
  snapLength: 192,
  blockBytes: 512 * 1024,
  blockCount: 128,
  retireMs: 60,
  segmentSizes: namesUdpSuperFrames(release()),
  vxlanPorts: [4789, 8472, 6784],
  genevePorts: [6081],
};

const LIMITS = {
  snapLength: [1, 262_144],
  blockBytes: [65_536, 64 * 2 ** 20],
  blockCount: [2, 4096],
  retireMs: [1, 1000],
} as const;

const LARGEST_RING_BYTES = 2 ** 30;

/** @throws Fault `CAPTURE_OPTIONS`, naming the option and its limits */
export function ringSettings(options: RingOptions): RingSettings {
  const settings: RingSettings = { ...RING_DEFAULTS, ...options };
  for (const [name, [least, most]] of Object.entries(LIMITS)) {
    const value = settings[name as keyof typeof LIMITS];
    if (!Number.isInteger(value) || value < least || value > most) {
      throw invalid(`${name} is ${value}: it takes a whole number from ${least} to ${most}.`);
    }
  }
  const { blockBytes, blockCount } = settings;
  if ((blockBytes & (blockBytes - 1)) !== 0)
    throw invalid(`blockBytes is ${blockBytes}: it takes a power of two.`);
  if (blockBytes * blockCount > LARGEST_RING_BYTES) {
    throw invalid(`${blockCount} blocks of ${blockBytes} bytes are more than a ring may have (1 GiB).`);
  }
  return settings;
}

/** @param kernel as `uname -r` names it */
export function namesUdpSuperFrames(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split(".").map((part) => Number.parseInt(part, 10));
  return major > 6 || (major === 6 && minor >= 2);
}

function invalid(message: string): Fault {
  return new Fault({ code: "CAPTURE_OPTIONS", message: `Packet ring: ${message}` });
}
