import { readFileSync } from "node:fs";
import { Fault } from "@hopline/fault";
import type { FrameSource } from "../frame-source.js";
import { CapSource } from "./cap-source.js";

export interface CapOptions {
  /** Kernel interface indexes to begin with. Default: none, until `watch`. */
  readonly interfaceIndexes?: readonly number[];
  /** Bytes kept of each frame, 1 to 65535. Default: 192. */
  readonly snapLength?: number;
}

/** Bit of CAP_NET_RAW in a capability set (linux/capability.h). */
const NET_RAW = 13n;

/**
 * Captures through libpcap, by the package `cap` in a process of its own: where the packet ring cannot be had.
 * packages/capture/README.md says what is lost against the ring.
 *
 * @throws Fault `CAPTURE_PERMISSION`, `CAPTURE_UNSUPPORTED`, `CAPTURE_NO_CAP`, `CAPTURE_OPTIONS` or `CAPTURE_CAP_FAILED`
 */
export function openCap(options: CapOptions = {}): FrameSource {
  const { snapLength = 192, interfaceIndexes = [] } = options;
  if (!Number.isInteger(snapLength) || snapLength < 1 || snapLength > 65_535) {
    throw new Fault({
      code: "CAPTURE_OPTIONS",
      message: `cap: snapLength is ${snapLength}: it takes a whole number from 1 to 65535.`,
    });
  }
  if (process.platform !== "linux") {
    throw new Fault({
      code: "CAPTURE_UNSUPPORTED",
      message: `Live capture works on Linux only, and this is ${process.platform}.`,
      hint: "Read a capture file instead.",
    });
  }
  if (!mayCapture()) {
    throw new Fault({
      code: "CAPTURE_PERMISSION",
      message: "Capturing packets needs the capability NET_RAW, which this process does not have.",
      hint: "Run it as root, or with `setcap cap_net_raw+ep` on the node binary; in Kubernetes add NET_RAW to securityContext.capabilities.",
    });
  }
  return new CapSource(snapLength, interfaceIndexes);
}

/** cap tells a missing capability by message text alone, so the effective capabilities are looked at beforehand. */
function mayCapture(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1];
  return effective === undefined || ((BigInt(`0x${effective}`) >> NET_RAW) & 1n) === 1n;
}
