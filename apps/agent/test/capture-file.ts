import { closeSync, openSync, writeSync } from "node:fs";
import { PcapngWriter } from "@hopline/capture";
import { bytesOf, type TestFrame } from "./frames.js";

/** Writes a pcapng file; `interfaceIndex` of a frame is a place in `interfaces`. */
export function writeCapture(
  path: string,
  interfaces: readonly string[],
  frames: readonly TestFrame[],
): void {
  const file = openSync(path, "w");
  const writer = new PcapngWriter((bytes) => void writeSync(file, bytes));
  const ids = interfaces.map((name) => writer.addInterface({ name }));
  for (const frame of frames) {
    const interfaceId = ids[frame.interfaceIndex ?? 0] ?? 0;
    writer.writeFrame({
      interfaceId,
      timeUs: frame.timeUs,
      bytes: bytesOf(frame),
      direction: frame.direction ?? 0,
    });
  }
  writer.flush();
  closeSync(file);
}
