import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const ENHANCED_PACKET = 6;

/** How many frames a compressed little-endian pcapng file holds: its enhanced packet blocks, counted one by one. */
export function countFrames(path: string): number {
  const bytes = gunzipSync(readFileSync(path));
  let frames = 0;
  for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at + 4)) {
    if (bytes.readUInt32LE(at) === ENHANCED_PACKET) frames++;
  }
  return frames;
}
