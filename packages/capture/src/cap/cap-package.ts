import { createRequire } from "node:module";

/**
 * What we use of the package `cap` 0.2.1 (it has no types of its own). It loads in one thread of a process only,
 * and polls on the event loop of the main one.
 */
export interface CapPackage {
  readonly Cap: new () => CapDevice;
}

/** One device, one libpcap handle: promiscuous, snap length 65,535. */
export interface CapDevice {
  /**
   * @param filter in libpcap's language
   * @param bufferBytes of the kernel's buffer
   * @param frame where each frame is put before its event
   * @returns the link type's name: `ETHERNET`, `RAW`, `LINKTYPE_LINUX_SLL`, `NULL` or `Unknown linktype <n>`
   */
  open(device: string, filter: string, bufferBytes: number, frame: Buffer): string;
  /** Length of the frame, and whether `frame` was too short for it. Neither its time nor its length on the wire is told. */
  on(event: "packet", listener: (bytes: number, truncated: boolean) => void): void;
  close(): void;
}

/** @throws what `require` throws where the package is not installed or its native part does not load */
export function loadCapPackage(): CapPackage {
  return createRequire(import.meta.url)("cap") as CapPackage;
}
