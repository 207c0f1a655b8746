import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import {
  DIRECTION_EGRESS,
  DIRECTION_INGRESS,
  DIRECTION_UNKNOWN,
  LINKTYPE_ETHERNET,
  LINKTYPE_RAW,
} from "../src/frame-source.js";
import { PcapngWriter } from "../src/pcap/pcapng-writer.js";
import { pcapFile, readFrames, withCaptureFile } from "./capture-file.js";

const ETHERNET = Buffer.from("ffffffffffff0200000000010800", "hex");
const TIME_US = 1_795_000_000_123_456 + 0.75;

function written(write: (writer: PcapngWriter) => void): Uint8Array {
  const pieces: Buffer[] = [];
  const writer = new PcapngWriter((bytes) => pieces.push(Buffer.from(bytes)));
  write(writer);
  writer.flush();
  return Buffer.concat(pieces);
}

const SAMPLE = written((writer) => {
  const cni0 = writer.addInterface({ name: "cni0", snapLength: 192 });
  const tun0 = writer.addInterface({ name: "tun0", linkType: LINKTYPE_RAW });
  writer.writeFrame({
    interfaceId: cni0,
    timeUs: TIME_US,
    bytes: ETHERNET,
    wireLength: 1514,
    direction: DIRECTION_INGRESS,
  });
  writer.writeFrame({
    interfaceId: cni0,
    timeUs: TIME_US + 1,
    bytes: ETHERNET,
    direction: DIRECTION_EGRESS,
    vlanTag: 7,
  });
  writer.writeFrame({ interfaceId: tun0, timeUs: TIME_US + 2, bytes: Buffer.from("45", "hex") });
  writer.writeStatistics(cni0, TIME_US + 3, { received: 2, dropped: 40 });
  writer.writeStatistics(tun0, TIME_US + 3, { received: 1, dropped: 2 });
});

describe("PcapngWriter", () => {
  test("what it writes reads back the same; a VLAN tag is back in its frame", () => {
    withCaptureFile(SAMPLE, (source) => {
      expect(readFrames(source)).toEqual([
        {
          hex: ETHERNET.toString("hex"),
          wire: 1514,
          timeUs: TIME_US,
          interfaceIndex: 0,
          direction: DIRECTION_INGRESS,
          vlanTag: -1,
          linkType: LINKTYPE_ETHERNET,
        },
        {
          hex: "ffffffffffff020000000001810000070800",
          wire: 18,
          timeUs: TIME_US + 1,
          interfaceIndex: 0,
          direction: DIRECTION_EGRESS,
          vlanTag: -1,
          linkType: LINKTYPE_ETHERNET,
        },
        {
          hex: "45",
          wire: 1,
          timeUs: TIME_US + 2,
          interfaceIndex: 1,
          direction: DIRECTION_UNKNOWN,
          vlanTag: -1,
          linkType: LINKTYPE_RAW,
        },
      ]);
      expect(source.interfaces).toEqual([
        { index: 0, name: "cni0" },
        { index: 1, name: "tun0" },
      ]);
      expect(source.statistics()).toMatchObject({ dropped: 42, dropsKnown: true });
    });
  });

  test("copies blocks of another source, leaving out interfaces", () => {
    const file = pcapFile(
      {},
      Array.from({ length: 4000 }, (_, i) => ({ seconds: i, fraction: 5, bytes: Buffer.alloc(300, i) })),
    );
    const copy = withCaptureFile(file, (source) =>
      written((writer) => {
        const id = writer.addInterface({ name: "copy" });
        while (source.poll(0, (block) => writer.writeBlock(block, () => id)) >= 0);
      }),
    );
    const frames = withCaptureFile(copy, readFrames);
    expect(frames.map(({ timeUs }) => timeUs)).toEqual(Array.from({ length: 4000 }, (_, i) => i * 1e6 + 5));
    expect(frames[3999]).toMatchObject({ hex: Buffer.alloc(300, 3999).toString("hex"), wire: 300 });
    const none = withCaptureFile(file, (source) =>
      written((writer) => {
        writer.addInterface({ name: "copy" });
        while (source.poll(0, (block) => writer.writeBlock(block, () => -1)) >= 0);
      }),
    );
    expect(withCaptureFile(none, readFrames)).toEqual([]);
  });

  test("an interface that was not added is a mistake of the caller", () => {
    expect(() =>
      written((writer) => writer.writeFrame({ interfaceId: 0, timeUs: 0, bytes: ETHERNET })),
    ).toThrow(RangeError);
  });

  test.skipIf(spawnSync("tshark", ["--version"]).error !== undefined)(
    "tshark reads the same (skipped where it is not installed)",
    () => {
      const fields = [
        "frame.interface_name",
        "frame.time_epoch",
        "frame.len",
        "frame.cap_len",
        "vlan.id",
        "frame.packet_flags_direction",
      ];
      const output = withCaptureFile(SAMPLE, (_, path) =>
        execFileSync("tshark", ["-r", path, "-T", "fields", ...fields.flatMap((field) => ["-e", field])], {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        }),
      );
      expect(
        output
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => line.split("\t")),
      ).toEqual([
        ["cni0", "1795000000.123456750", "1514", "14", "", "0x00000001"],
        ["cni0", "1795000000.123457750", "18", "18", "7", "0x00000002"],
        ["tun0", "1795000000.123458750", "1", "1", "", ""],
      ]);
    },
  );
});
