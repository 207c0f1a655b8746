import { expect, test } from "vitest";
import { DIRECTION_EGRESS, DIRECTION_INGRESS } from "../src/frame-source.js";
import { readFrames, withCaptureFile } from "./capture-file.js";

/** A `tcpdump -i any` file: one cooked header (version 2) with an IPv4 EtherType a frame, and nothing behind it. */
function anyCapture(
  frames: readonly { readonly kernelIndex: number; readonly packetType: number }[],
): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(276, 20);
  const records = frames.map(({ kernelIndex, packetType }) => {
    const record = Buffer.alloc(16 + 20);
    record.writeUInt32LE(20, 8);
    record.writeUInt32LE(20, 12);
    record.writeUInt16BE(0x0800, 16);
    record.writeUInt32BE(kernelIndex, 20);
    record.writeUInt8(packetType, 26);
    return record;
  });
  return Buffer.concat([header, ...records]);
}

test("frames of a capture of all interfaces are told apart by the kernel's index", () => {
  const bytes = anyCapture([
    { kernelIndex: 7, packetType: 0 },
    { kernelIndex: 3, packetType: 4 },
    { kernelIndex: 7, packetType: 4 },
  ]);
  withCaptureFile(bytes, (source) => {
    const frames = readFrames(source).map(({ interfaceIndex, direction }) => [interfaceIndex, direction]);
    expect(frames).toEqual([
      [0, DIRECTION_INGRESS],
      [1, DIRECTION_EGRESS],
      [0, DIRECTION_EGRESS],
    ]);
    expect(source.interfaces).toEqual([
      { index: 0, name: "if7" },
      { index: 1, name: "if3" },
    ]);
  });
});
