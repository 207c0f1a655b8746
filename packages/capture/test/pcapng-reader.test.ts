import { describe, expect, test } from "vitest";
import { DIRECTION_EGRESS, DIRECTION_INGRESS, DIRECTION_UNKNOWN } from "../src/frame-source.js";
import { pollInto, type ReadFrame, readFrames, Section, withCaptureFile } from "./capture-file.js";

const TIME_US = 1_795_000_000_123_456n;
const text = (value: string): Uint8Array => Buffer.from(value);
const flags = (section: Section, value: number): Uint8Array =>
  section.option(2, section.bytes().u32(value).done());

describe("pcapng", () => {
  for (const littleEndian of [true, false]) {
    test(`interfaces, names, resolutions, offsets, directions and drops, ${littleEndian ? "little" : "big"}-endian`, () => {
      const s = new Section(littleEndian);
      s.interface(1, [s.option(2, text("cni0")), s.option(9, Uint8Array.of(9))]);
      s.interface(101, [s.option(2, text("tun0")), s.option(14, s.bytes().u64(3600n).done())]);
      s.interface(1);
      s.packet(0, TIME_US * 1000n + 750n, text("in"), [flags(s, 1)]);
      s.packet(0, TIME_US * 1000n, text("out!"), [s.option(1, text("a comment")), flags(s, 0xfff2)]);
      s.packet(1, TIME_US, text("raw"));
      s.packet(2, TIME_US, text("x"), [flags(s, 0)]);
      s.block(
        5,
        s
          .bytes()
          .u32(0, 0, 0)
          .add(s.option(4, s.bytes().u64(10n).done()))
          .add(s.option(5, s.bytes().u64(3n).done())),
      );
      s.block(
        5,
        s
          .bytes()
          .u32(0, 0, 0)
          .add(s.option(5, s.bytes().u64(5n).done()))
          .add(s.option(7, s.bytes().u64(2n).done())),
      );
      withCaptureFile(s.done(), (source) => {
        const base = { vlanTag: -1 };
        expect(readFrames(source)).toEqual([
          {
            ...base,
            hex: "696e",
            wire: 2,
            timeUs: Number(TIME_US) + 0.75,
            interfaceIndex: 0,
            direction: DIRECTION_INGRESS,
            linkType: 1,
          },
          {
            ...base,
            hex: "6f757421",
            wire: 4,
            timeUs: Number(TIME_US),
            interfaceIndex: 0,
            direction: DIRECTION_EGRESS,
            linkType: 1,
          },
          {
            ...base,
            hex: "726177",
            wire: 3,
            timeUs: Number(TIME_US) + 3600e6,
            interfaceIndex: 1,
            direction: DIRECTION_UNKNOWN,
            linkType: 101,
          },
          {
            ...base,
            hex: "78",
            wire: 1,
            timeUs: Number(TIME_US),
            interfaceIndex: 2,
            direction: DIRECTION_UNKNOWN,
            linkType: 1,
          },
        ]);
        expect(source.interfaces).toEqual([
          { index: 0, name: "cni0" },
          { index: 1, name: "tun0" },
          { index: 2, name: "if2" },
        ]);
        expect(source.statistics()).toMatchObject({ delivered: 4, dropped: 7, dropsKnown: true });
      });
    });
  }

  test("one hand-over holds one link type", () => {
    const s = new Section().interface(1).interface(101);
    s.packet(0, 1n, text("a")).packet(0, 2n, text("b")).packet(1, 3n, text("c")).packet(0, 4n, text("d"));
    withCaptureFile(s.done(), (source) => {
      const seen: [number, number][] = [];
      while (source.poll(0, (block) => seen.push([block.linkType, block.count])) >= 0);
      expect(seen).toEqual([
        [1, 2],
        [101, 1],
        [1, 1],
      ]);
    });
  });

  test("interface numbers start again with each section, ours go on; sections may differ in byte order", () => {
    const little = new Section(true).interface(1).packet(0, TIME_US, text("a")).done();
    const big = new Section(false);
    big.interface(1, [big.option(2, text("eth1"))]).packet(0, TIME_US, text("b"));
    withCaptureFile(Buffer.concat([little, big.done()]), (source) => {
      expect(readFrames(source).map(({ interfaceIndex, timeUs }) => [interfaceIndex, timeUs])).toEqual([
        [0, Number(TIME_US)],
        [1, Number(TIME_US)],
      ]);
      expect(source.interfaces[1]).toEqual({ index: 1, name: "eth1" });
    });
  });

  test("simple and obsolete packet blocks", () => {
    const s = new Section().interface(1, [], 4);
    s.packet(0, TIME_US, text("time"));
    s.block(3, s.bytes().u32(1500).add(text("snap")));
    s.block(3, s.bytes().u32(2).add(text("ab")));
    s.block(
      2,
      s
        .bytes()
        .u16(0, 6)
        .u32(Number(TIME_US >> 32n), Number(TIME_US & 0xffff_ffffn), 3, 60)
        .add(text("old"))
        .pad4()
        .add(flags(s, 2)),
    );
    withCaptureFile(s.done(), (source) => {
      expect(readFrames(source).slice(1)).toMatchObject([
        { hex: Buffer.from("snap").toString("hex"), wire: 1500, timeUs: Number(TIME_US) },
        { hex: "6162", wire: 2 },
        {
          hex: Buffer.from("old").toString("hex"),
          wire: 60,
          timeUs: Number(TIME_US),
          direction: DIRECTION_EGRESS,
        },
      ]);
      expect(source.statistics()).toMatchObject({ dropped: 6, dropsKnown: true });
    });
  });

  test("skips blocks that are none of its business, however large", () => {
    const s = new Section().interface(1).packet(0, 1n, text("a"));
    s.block(0xbad, s.bytes().add(new Uint8Array(3 * 2 ** 20)));
    s.block(4, s.bytes().u32(0));
    s.packet(0, 2n, text("b"));
    withCaptureFile(s.done(), (source) => {
      expect(readFrames(source).map(({ hex }) => hex)).toEqual(["61", "62"]);
      expect(source.warnings).toEqual([]);
    });
  });

  test("options that run past their block are ignored, the frame is not", () => {
    const s = new Section().interface(1);
    s.packet(0, 1n, text("abcd"), [s.bytes().u16(2, 60_000).u32(1).done()]);
    withCaptureFile(s.done(), (source) => {
      expect(readFrames(source)).toMatchObject([{ hex: "61626364", direction: DIRECTION_UNKNOWN }]);
    });
  });

  test.each<[string, (s: Section) => Section, number, string]>([
    [
      "a frame longer than its block",
      (s) => s.packet(0, 2n, text("b"), [], 4_000_000_000),
      84,
      "claims a frame of 4000000000",
    ],
    ["an interface that is not described", (s) => s.packet(7, 2n, text("b")), 84, "interface 7"],
    ["a block of 7 bytes", (s) => s.block(6, s.bytes(), 7), 84, "claims 7 bytes"],
    ["a packet block of 4 GB", (s) => s.block(6, s.bytes(), 0xffff_fffc), 84, "claims 4294967292 bytes"],
    ["a packet block of 12 bytes", (s) => s.block(6, s.bytes()), 84, "a packet block of 12 bytes"],
    ["a short interface description", (s) => s.block(1, s.bytes().u32(1)), 84, "description of 16 bytes"],
    ["a simple packet that is not there", (s) => s.block(3, s.bytes().u32(99)), 84, "frame of 99 bytes"],
    ["statistics of nobody", (s) => s.block(5, s.bytes().u32(9, 0, 0)), 84, "statistics of an interface"],
  ])("%s: the frames before it, then a Fault with the offset", (_, damage, offset, reason) => {
    const s = damage(new Section().interface(1).packet(0, 1n, text("a")));
    withCaptureFile(Buffer.concat([s.done(), new Section().done()]), (source) => {
      const frames: ReadFrame[] = [];
      expect(pollInto(source, frames)).toBe(1);
      const message = expect.stringMatching(new RegExp(`at byte ${offset}: .*${reason}`));
      expect(() => pollInto(source, frames)).toThrow(
        expect.objectContaining({ code: "CAPTURE_FILE_DAMAGED", message }),
      );
      expect(pollInto(source, frames)).toBe(-1);
    });
  });

  test("a section without a byte order mark", () => {
    const bytes = new Section().done();
    bytes[8] = 0;
    withCaptureFile(bytes, (source) => {
      expect(() => readFrames(source)).toThrow(expect.objectContaining({ code: "CAPTURE_FILE_DAMAGED" }));
    });
  });

  test("a file cut off inside a packet, and inside a block that is skipped", () => {
    const s = new Section().interface(1).packet(0, 1n, text("a"));
    const inPacket = new Section().interface(1).packet(0, 1n, text("a")).packet(0, 2n, text("b")).done();
    const inSkipped = s.block(0xbad, s.bytes().u32(1, 2, 3)).done();
    for (const file of [inPacket, inSkipped]) {
      withCaptureFile(file.subarray(0, file.length - 5), (source) => {
        expect(readFrames(source)).toHaveLength(1);
        expect(source.warnings.map(({ code }) => code)).toEqual(["CAPTURE_FILE_TRUNCATED"]);
      });
    }
  });

  test("peeking goes past what is no frame", () => {
    const s = new Section();
    s.interface(1)
      .block(0xbad, s.bytes().add(new Uint8Array(2 * 2 ** 20)))
      .packet(0, TIME_US, text("a"));
    withCaptureFile(s.done(), (source) => {
      expect(source.peekTimeUs()).toBe(Number(TIME_US));
      expect(source.interfaces).toHaveLength(1);
      expect(readFrames(source)).toHaveLength(1);
    });
  });
});
