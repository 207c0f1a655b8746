import { Fault } from "@hopline/fault";
import { describe, expect, test } from "vitest";
import {
  DIRECTION_EGRESS,
  DIRECTION_INGRESS,
  DIRECTION_UNKNOWN,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
} from "../src/frame-source.js";
import { openPcapFile } from "../src/pcap/open-pcap-file.js";
import {
  type PcapRecord,
  pcapFile,
  pollInto,
  type ReadFrame,
  readFrames,
  withCaptureFile,
} from "./capture-file.js";

const SECONDS = 1_795_000_000;
const record = (text: string, fraction = 0, wire?: number): PcapRecord => ({
  seconds: SECONDS,
  fraction,
  bytes: Buffer.from(text),
  wire,
});

describe("classic pcap", () => {
  for (const littleEndian of [true, false]) {
    for (const [unit, magic, fraction, us] of [
      ["microseconds", 0xa1b2c3d4, 123_456, 123_456],
      ["nanoseconds", 0xa1b23c4d, 123_456_750, 123_456.75],
    ] as const) {
      test(`${unit}, ${littleEndian ? "little" : "big"}-endian`, () => {
        const file = pcapFile({ littleEndian, magic }, [record("first", fraction, 1500), record("2", 0)]);
        withCaptureFile(file, (source) => {
          expect(readFrames(source)).toEqual([
            {
              hex: Buffer.from("first").toString("hex"),
              wire: 1500,
              timeUs: SECONDS * 1e6 + us,
              interfaceIndex: 0,
              direction: DIRECTION_UNKNOWN,
              vlanTag: -1,
              linkType: 1,
            },
            expect.objectContaining({ hex: "32", wire: 1, timeUs: SECONDS * 1e6 }),
          ]);
          expect(source.interfaces).toEqual([{ index: 0, name: "if0" }]);
          expect(source.statistics()).toMatchObject({ delivered: 2, dropped: 0, dropsKnown: false });
          expect(source.warnings).toEqual([]);
          expect(source.poll(0, () => {})).toBe(-1);
        });
      });
    }
  }

  test("direction of cooked captures", () => {
    const cooked = (linkType: number, headers: number[][]): number[] =>
      withCaptureFile(
        pcapFile(
          { linkType },
          headers.map((header) => ({ seconds: 1, fraction: 0, bytes: Uint8Array.from(header) })),
        ),
        (source) => readFrames(source).map(({ direction }) => direction),
      );
    const expected = [DIRECTION_INGRESS, DIRECTION_EGRESS, DIRECTION_UNKNOWN, DIRECTION_UNKNOWN];
    expect(cooked(LINKTYPE_LINUX_SLL, [[0, 0], [0, 4], [0, 9], [0]])).toEqual(expected);
    const sll2 = (packetType: number): number[] => [8, 0, 0, 0, 0, 0, 0, 2, 0, 1, packetType, 6];
    expect(cooked(LINKTYPE_LINUX_SLL2, [sll2(3), sll2(4), sll2(5), [8, 0]])).toEqual(expected);
  });

  test("a file much larger than the window arrives whole, frames never wrapping", () => {
    const records = Array.from({ length: 5000 }, (_, i) => ({
      seconds: SECONDS + i,
      fraction: i,
      bytes: Buffer.alloc(200 + (i % 1301), i % 251),
    }));
    withCaptureFile(pcapFile({}, records), (source) => {
      let i = 0;
      const blocks: number[] = [];
      for (;;) {
        const polled = source.poll(0, (block) => {
          blocks.push(block.count);
          for (let row = 0; row < block.count; row++, i++) {
            const bytes = block.bytes.subarray(
              block.offsets[row]!,
              block.offsets[row]! + block.capturedLengths[row]!,
            );
            expect(bytes.length).toBe(200 + (i % 1301));
            if (Buffer.compare(bytes, records[i]!.bytes) !== 0) throw new Error(`frame ${i} differs`);
            expect(block.timesUs[row]).toBe((SECONDS + i) * 1e6 + i);
          }
        });
        if (polled < 0) break;
      }
      expect(i).toBe(5000);
      expect(blocks.length).toBeGreaterThan(4);
      expect(source.statistics().delivered).toBe(5000);
    });
  });

  test("polled up to a packet time, with the next time known beforehand", () => {
    const file = pcapFile({}, [record("a", 10), record("b", 20), record("c", 30)]);
    withCaptureFile(file, (source) => {
      const frames: ReadFrame[] = [];
      const start = SECONDS * 1e6;
      expect(source.peekTimeUs()).toBe(start + 10);
      expect(pollInto(source, frames, start + 5)).toBe(0);
      expect(pollInto(source, frames, start + 20)).toBe(2);
      expect(source.peekTimeUs()).toBe(start + 30);
      expect(pollInto(source, frames, start + 20)).toBe(0);
      expect(pollInto(source, frames)).toBe(1);
      expect(source.peekTimeUs()).toBeUndefined();
      expect(pollInto(source, frames, start + 99)).toBe(-1);
      expect(frames.map(({ hex }) => Buffer.from(hex, "hex").toString())).toEqual(["a", "b", "c"]);
    });
  });

  test("a file that was cut off gives its whole frames and a warning", () => {
    const file = pcapFile({}, [record("whole"), record("cut off")]);
    withCaptureFile(file.subarray(0, file.length - 3), (source, path) => {
      expect(readFrames(source)).toHaveLength(1);
      expect(source.warnings.map(({ code, message }) => ({ code, message }))).toEqual([
        {
          code: "CAPTURE_FILE_TRUNCATED",
          message: `The capture file ${path} ends in the middle of the record at byte 45 (20 bytes of it are there).`,
        },
      ]);
    });
  });

  test("a record that claims 4 GB ends in a Fault with its offset, after the frames before it", () => {
    const file = pcapFile({}, [
      record("good"),
      { ...record("lie"), claimed: 0xffff_ffff },
      record("never read"),
    ]);
    withCaptureFile(file, (source, path) => {
      const frames: ReadFrame[] = [];
      expect(pollInto(source, frames)).toBe(1);
      expect(() => pollInto(source, frames)).toThrow(
        expect.objectContaining({
          code: "CAPTURE_FILE_DAMAGED",
          message: `The capture file ${path} is damaged at byte 44: the record claims a frame of 4294967295 bytes, 262144 is the most.`,
        }),
      );
      expect(pollInto(source, frames)).toBe(-1);
    });
  });

  test.each([
    ["an empty file", Buffer.alloc(0), "CAPTURE_FILE_FORMAT", "it is empty"],
    ["two bytes", Buffer.from([0xd4, 0xc3]), "CAPTURE_FILE_FORMAT", "less than 4 bytes"],
    ["text", Buffer.from("hello, world"), "CAPTURE_FILE_FORMAT", "68656c6c"],
    ["bzip2", Buffer.from("BZh9"), "CAPTURE_FILE_FORMAT", "bzip2"],
    ["the beginning of gzip", Buffer.from([0x1f, 0x8b, 8, 0]), "CAPTURE_FILE_TRUNCATED", "at byte 4"],
    ["half a header", pcapFile({}, []).subarray(0, 20), "CAPTURE_FILE_DAMAGED", "20 of 24"],
  ])("%s is refused at opening, with a reason", (_, bytes, code, reason) => {
    expect(() => withCaptureFile(bytes, () => {})).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(reason) }),
    );
  });

  test("an unknown version is refused", () => {
    withCaptureFile(pcapFile({ version: [3, 0] }, [record("x")]), (source) => {
      expect(() => readFrames(source)).toThrow(expect.objectContaining({ code: "CAPTURE_FILE_DAMAGED" }));
    });
  });

  test.each([
    ["/nowhere/at/all.pcap", "there is no such file"],
    ["/", "it is a folder"],
  ])("%s cannot be read, and it says why", (path, why) => {
    const message = `The capture file ${path} cannot be read: ${why}.`;
    expect(() => openPcapFile(path)).toThrow(
      expect.objectContaining({ code: "CAPTURE_FILE_UNREADABLE", message }),
    );
    expect(() => openPcapFile(path)).toThrow(Fault);
  });
});
