import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { getSystemErrorName } from "node:util";
import { describe, Fault } from "@hopline/fault";

declare const ringHandle: unique symbol;
/** What the addon knows a ring by. */
export interface RingHandle {
  readonly [ringHandle]: never;
}

/** native/ring.c. System errors are thrown as `Error` with `errno` and `syscall`. */
export interface RingAddon {
  open(
    blockBytes: number,
    blockCount: number,
    retireMs: number,
    filter: Uint8Array,
    segmentSizes: boolean,
  ): RingHandle;
  /** Whether the kernel has given this block over. */
  ready(handle: RingHandle, block: number): boolean;
  /** Puts the cursor, three words, on the block's first packet. */
  begin(handle: RingHandle, block: number, cursor: Uint32Array): void;
  /** Moves frames of one device type into a FrameBlock's arrays, and the cursor on. @returns how many */
  fill(
    handle: RingHandle,
    block: number,
    cursor: Uint32Array,
    bytes: Uint8Array,
    offsets: Uint32Array,
    capturedLengths: Uint32Array,
    wireLengths: Uint32Array,
    timesUs: Float64Array,
    interfaceIndexes: Int32Array,
    directions: Uint8Array,
    vlanTags: Int32Array,
    gsoSizes: Uint16Array,
  ): number;
  release(handle: RingHandle, block: number): void;
  /** Blocks the thread until a block is ready or the time is over. */
  wait(handle: RingHandle, timeoutMs: number): void;
  attachFilter(handle: RingHandle, filter: Uint8Array): void;
  /** Packets, drops, freezes since the last call. */
  statistics(handle: RingHandle, into: Uint32Array): void;
  close(handle: RingHandle): void;
}

/** The same from src/ring and from dist/ring. */
const ADDON_FILE = fileURLToPath(new URL("../../native/build/Release/ring.node", import.meta.url));

let loaded: RingAddon | undefined;

/** @throws Fault `CAPTURE_UNSUPPORTED` off Linux, `CAPTURE_NO_ADDON` where the addon is missing or does not load. */
export function ringAddon(): RingAddon {
  loaded ??= loadRingAddon(ADDON_FILE);
  return loaded;
}

/** @throws as {@link ringAddon} */
export function loadRingAddon(file: string): RingAddon {
  if (process.platform !== "linux") {
    throw new Fault({
      code: "CAPTURE_UNSUPPORTED",
      message: `The packet ring is a part of the Linux kernel, and this is ${process.platform}.`,
      hint: "Read a capture file instead.",
    });
  }
  if (!existsSync(file)) {
    throw new Fault({
      code: "CAPTURE_NO_ADDON",
      message: `The packet ring's native part ${file} is not there.`,
      hint: "Build it with `npm run build --workspace @hopline/capture` (needs a C compiler, make and Python), or capture with `--capture cap`.",
    });
  }
  try {
    return createRequire(import.meta.url)(file) as RingAddon;
  } catch (thrown) {
    throw new Fault({
      code: "CAPTURE_NO_ADDON",
      message: `The packet ring's native part does not load: ${describe(thrown)}.`,
      hint: "It was built for another system: build it here with `npm run build --workspace @hopline/capture`.",
      cause: thrown,
    });
  }
}

interface SystemError extends Error {
  readonly errno: number;
  readonly syscall: string;
}

function isSystemError(thrown: unknown): thrown is SystemError {
  return (
    thrown instanceof Error && "errno" in thrown && typeof thrown.errno === "number" && "syscall" in thrown
  );
}

/** The Fault for what a call of the addon threw; anything that is no system error is given back as it is. */
export function ringFault(
  thrown: unknown,
  ring: { readonly blockBytes: number; readonly blockCount: number },
): unknown {
  if (!isSystemError(thrown)) return thrown;
  const name = getSystemErrorName(-thrown.errno);
  const what = `${thrown.syscall}: ${thrown.message}, ${name}`;
  switch (name) {
    case "EPERM":
    case "EACCES":
      return new Fault({
        code: "CAPTURE_PERMISSION",
        message: `Capturing packets needs the capability NET_RAW, which this process does not have (${what}).`,
        hint: "Run it as root, or with `setcap cap_net_raw+ep` on the node binary; in Kubernetes add NET_RAW to securityContext.capabilities.",
        cause: thrown,
      });
    case "ENOMEM":
    case "ENOBUFS":
      return new Fault({
        code: "CAPTURE_MEMORY",
        message: `The kernel has no memory for a packet ring of ${(ring.blockBytes * ring.blockCount) / 2 ** 20} MiB and its filter (${what}).`,
        hint: "Make the ring smaller, or raise net.core.optmem_max where it was the filter.",
        cause: thrown,
      });
    default:
      return new Fault({
        code: "CAPTURE_UNSUPPORTED",
        message: `This kernel refused a packet ring (${what}).`,
        hint: "It needs Linux 3.2 or later with CONFIG_PACKET; capture with `--capture cap` instead.",
        cause: thrown,
      });
  }
}
