import { DIRECTION_EGRESS, DIRECTION_INGRESS, LINKTYPE_ETHERNET, PcapngWriter } from "@hopline/capture";
import { type Frame, join } from "./layer.js";

/** The start of a window of flows, Unix seconds, so that tests count from there. */
export const START_S = 1_700_000_000;

export interface CapturedFrame {
  readonly frame: Frame;
  /** Microseconds since the Unix epoch. */
  readonly timeUs: number;
  /** DIRECTION_ constant. */
  readonly direction?: number;
  /** Bytes on the wire beyond those of `frame`: a snap length cut them off. */
  readonly beyondBytes?: number;
}

/** Frames of one scenario, in the order of capture; in a file, of one interface. */
export interface Capture {
  readonly name: string;
  readonly frames: readonly CapturedFrame[];
}

/** A capture of these frames, a millisecond apart. */
export function captureOf(name: string, frames: readonly Frame[]): Capture {
  return { name, frames: frames.map((frame, i) => ({ frame, timeUs: START_S * 1e6 + i * 1e3 })) };
}

/** The same capture as if taken with a snap length. */
export function snapped(capture: Capture, snapLength: number): Capture {
  return {
    name: `${capture.name}, snap length ${snapLength}`,
    frames: capture.frames.map((captured) => {
      const { frame, beyondBytes = 0 } = captured;
      const cutBytes = Math.max(0, frame.bytes.length - snapLength);
      return {
        ...captured,
        frame: { ...frame, bytes: frame.bytes.slice(0, snapLength) },
        beyondBytes: beyondBytes + cutBytes,
      };
    }),
  };
}

/** Packets of a conversation come in and go out by turns. */
export function directionOf(fromClient: boolean): number {
  return fromClient ? DIRECTION_INGRESS : DIRECTION_EGRESS;
}

/** The captures as one pcapng file; an interface, named after it, for each capture and link type. */
export function pcapngFile(captures: readonly Capture[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  const writer = new PcapngWriter((bytes) => pieces.push(bytes.slice()));
  for (const { name, frames } of captures) {
    const interfaces = new Map<number, number>();
    for (const { frame, timeUs, direction, beyondBytes = 0 } of frames) {
      const { linkType, bytes } = frame;
      let interfaceId = interfaces.get(linkType);
      if (interfaceId === undefined) {
        interfaceId = writer.addInterface({ name, linkType });
        interfaces.set(linkType, interfaceId);
      }
      writer.writeFrame({ interfaceId, timeUs, bytes, direction, wireLength: bytes.length + beyondBytes });
    }
  }
  writer.flush();
  return join(...pieces);
}

export interface PcapVariant {
  readonly littleEndian?: boolean;
  readonly nanoseconds?: boolean;
}

/** One capture, all of one link type, as a classic pcap file (draft-ietf-opsawg-pcap). */
export function pcapFile(capture: Capture, variant: PcapVariant = {}): Uint8Array {
  const { littleEndian = true, nanoseconds = false } = variant;
  const linkType = capture.frames[0]?.frame.linkType ?? LINKTYPE_ETHERNET;
  const header = new DataView(new ArrayBuffer(24));
  header.setUint32(0, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, littleEndian);
  header.setUint16(4, 2, littleEndian);
  header.setUint16(6, 4, littleEndian);
  header.setUint32(16, 65_535, littleEndian);
  header.setUint32(20, linkType, littleEndian);
  const records = capture.frames.map(({ frame, timeUs, beyondBytes = 0 }) => {
    const record = new DataView(new ArrayBuffer(16));
    const seconds = Math.floor(timeUs / 1e6);
    const fractionUs = Math.floor(timeUs - seconds * 1e6);
    record.setUint32(0, seconds, littleEndian);
    record.setUint32(4, nanoseconds ? fractionUs * 1000 : fractionUs, littleEndian);
    record.setUint32(8, frame.bytes.length, littleEndian);
    record.setUint32(12, frame.bytes.length + beyondBytes, littleEndian);
    return join(new Uint8Array(record.buffer), frame.bytes);
  });
  return join(new Uint8Array(header.buffer), ...records);
}
