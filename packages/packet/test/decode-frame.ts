import { DecodedPacket } from "../src/decoded-packet.js";
import { FrameDecoder } from "../src/frame-decoder.js";
import { STATUS_NAMES } from "../src/status.js";
import type { Bytes } from "./frame-builders.js";

export interface DecodeOptions {
  /** Bytes that were captured; the rest was only on the wire. */
  capturedLength?: number;
  wireLength?: number;
  linkType?: number;
  vlanTag?: number;
  direction?: number;
  decoder?: FrameDecoder;
}

/** Decodes one frame that ends exactly where its buffer ends, so that a read beyond it cannot go unnoticed. */
export function decodeFrame(
  frame: Bytes,
  options: DecodeOptions = {},
): { reason: string; packet: DecodedPacket } {
  const captured = Uint8Array.from(frame.slice(0, options.capturedLength ?? frame.length));
  const packet = new DecodedPacket();
  if (options.direction !== undefined) packet.direction = options.direction;
  const status = (options.decoder ?? new FrameDecoder()).decode(
    packet,
    new DataView(captured.buffer),
    0,
    captured.length,
    options.wireLength ?? frame.length,
    options.linkType ?? 1,
    options.vlanTag ?? -1,
  );
  return { reason: STATUS_NAMES[status] ?? `status ${status}`, packet };
}

/** Four words as the text of 32 hexadecimal digits. */
export function words(...four: number[]): string {
  return four.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

export function sourceOf(packet: DecodedPacket): string {
  return words(packet.source0, packet.source1, packet.source2, packet.source3);
}

export function destinationOf(packet: DecodedPacket): string {
  return words(packet.destination0, packet.destination1, packet.destination2, packet.destination3);
}

export function outerSourceOf(packet: DecodedPacket): string {
  return words(packet.outerSource0, packet.outerSource1, packet.outerSource2, packet.outerSource3);
}

export function outerDestinationOf(packet: DecodedPacket): string {
  return words(
    packet.outerDestination0,
    packet.outerDestination1,
    packet.outerDestination2,
    packet.outerDestination3,
  );
}
