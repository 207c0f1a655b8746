import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LINKTYPE_RAW, openPcapFile } from "@hopline/capture";
import { afterAll, describe, expect, it } from "vitest";
import { FrameRecorder } from "../src/capture/frame-recorder.js";

const folder = mkdtempSync(join(tmpdir(), "hopline-recorder-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A classic pcap file of one frame. */
function pcapOf(linkType: number, frame: Uint8Array): Uint8Array {
  const header = Uint32Array.of(0xa1b2c3d4, 2 | (4 << 16), 0, 0, 65_535, linkType);
  const record = Uint32Array.of(1000, 5, frame.length, frame.length);
  return Buffer.concat([Buffer.from(header.buffer), Buffer.from(record.buffer), frame]);
}

describe("FrameRecorder", () => {
  it("keeps frames as they are, those too that begin with their IP header", () => {
    const frame = Uint8Array.of(0x45, 0, 0, 20, 0, 0, 0, 0, 64, 50, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2);
    const original = join(folder, "tun.pcap");
    writeFileSync(original, pcapOf(LINKTYPE_RAW, frame));
    const recorded = join(folder, "recorded.pcapng");
    const recorder = new FrameRecorder(recorded);
    const source = openPcapFile(original, { interfaceName: "tunl0" });
    while (source.poll(0, (block) => recorder.record(block, source)) >= 0);
    recorder.close();
    source.close();

    const again = openPcapFile(recorded);
    const seen: unknown[] = [];
    const look = ({
      linkType,
      timesUs,
      bytes,
      offsets,
      capturedLengths,
    }: Parameters<FrameRecorder["record"]>[0]) => {
      const start = offsets[0] ?? 0;
      seen.push(linkType, timesUs[0], bytes.slice(start, start + (capturedLengths[0] ?? 0)));
    };
    while (again.poll(0, look) >= 0);
    expect(seen).toEqual([LINKTYPE_RAW, 1_000_000_005, frame]);
    expect(again.interfaces).toEqual([{ index: 0, name: "tunl0" }]);
    again.close();
  });
});
