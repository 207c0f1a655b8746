import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { constants, deflateRawSync, gzipSync } from "node:zlib";
import { Fault } from "@hopline/fault";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32 } from "../src/compressed/crc32.js";
import { Xxh64 } from "../src/compressed/xxh64.js";
import type { FrameBlock } from "../src/frame-source.js";
import { pcapFile, type ReadFrame, readFrames, withCaptureFile } from "./capture-file.js";

/** 40 frames of 60 bytes. */
const plain = pcapFile(
  {},
  Array.from({ length: 40 }, (_, i) => ({
    seconds: 1000 + i,
    fraction: i,
    bytes: Uint8Array.from({ length: 60 }, (_, at) => (at * 7 + i) & 0xff),
  })),
);

/** The same, by `zstd -19` (1.5.4): one block of compressed literals and sequences, with a checksum. */
const ZSTD_19 = Buffer.from(
  [
    "KLUv/WT4CnUQAOQX1MOyoQIABAD//wAAAegDPAAHDhUcIyoxOD9GTVRbYmlwd36FjJOaoaivtr3Ey9LZ4Ofu9fwD",
    "ChEYHyYtNDtCSVBXXmVsc3qBiI+WnekDAQgPFh0kKzI5QEdOVVxjanF4f4aNlJuiqbC3vsXM09rh6O/2/QQLEhkg",
    "Jy41PENKUVhfZm10e4KJkJee6gICCRAXHiUsMzpBSE9WXWRrcnmAh46VnKOqsbi/xs3U2+Lp8Pf+BQwTGiEoLzY9",
    "REtSWWBnbnV8g4qRmJ/rA6SrsrnAx87V3OPq8fj/Bg0UGyIpMDc+RUxTWmFob3Z9hIuSmaDsBKWss7rByM/W3eTr",
    "8vntBaattLvCydDX3uXs8/ruBqeutbzDytHY3+bt9PvvB6TwCKXxCabyCqfzC6j0DKn1Dar2Dqv3D6z4EK35Ea76",
    "Eq/7E7D8FLH9FbL+FrP/F7QYtQEZtgIatwMbuAQcuQUdugYeuwcfvAggvQkhvgoivwsjwAwkwQ0lwg4mww8nxHqo",
    "QV04KSmzPmPwmIKCpAPCEgIEQQhSw18h4f9+QPdAlcRSFAFRCFURKwpULlZNUEUREcVQFICqyMpClYlVKcQMEb4F",
    "RjR056DKxKoKkCimoggUBVAXW0moUhGpgiyKSFEEZSHUxFZCYQFgVuoBjH4aRcnMpKsPGGj1L3SfLm/zfFrrV0P+",
    "Xx7Zp0zq5Qc+a3am",
  ].join(""),
  "base64",
);

function framesOf(bytes: Uint8Array): { frames: ReadFrame[]; warnings: string[]; position: object } {
  return withCaptureFile(bytes, (source) => ({
    frames: readFrames(source),
    warnings: source.warnings.map(({ code }) => code),
    position: source.position,
  }));
}

const expected = framesOf(plain);

/** One zstd frame of raw and run-length blocks, cut where it is told, without a checksum. */
function zstdFrame(bytes: Uint8Array, blockBytes: number): Buffer {
  // Descriptor: no single segment, no content size; window of 1 MiB.
  const parts = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 10 << 3])];
  for (let at = 0; at < bytes.length || at === 0; at += blockBytes) {
    const block = bytes.subarray(at, at + blockBytes);
    const isRun = block.length > 1 && block.every((byte) => byte === block[0]);
    const isLast = at + blockBytes >= bytes.length;
    const header = Buffer.alloc(4);
    header.writeUInt32LE((isLast ? 1 : 0) | ((isRun ? 1 : 0) << 1) | (block.length << 3));
    parts.push(header.subarray(0, 3), Buffer.from(isRun ? block.subarray(0, 1) : block));
  }
  return Buffer.concat(parts);
}

const SKIPPABLE = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

describe("compressed capture files", () => {
  test.each<[string, Uint8Array]>([
    ["gzip", gzipSync(plain)],
    ["gzip -1", gzipSync(plain, { level: 1 })],
    ["gzip -9", gzipSync(plain, { level: 9 })],
    ["gzip, stored", gzipSync(plain, { level: 0 })],
    ["gzip, fixed codes", gzipSync(plain, { strategy: constants.Z_FIXED })],
    ["gzip, literals only", gzipSync(plain, { strategy: constants.Z_HUFFMAN_ONLY })],
    ["gzip of two members", Buffer.concat([gzipSync(plain.subarray(0, 99)), gzipSync(plain.subarray(99))])],
    ["gzip with all header fields", withHeaderFields(plain)],
    ["zstd -19", ZSTD_19],
    ["zstd in small blocks", zstdFrame(plain, 7)],
    [
      "zstd of several frames",
      Buffer.concat([zstdFrame(plain.subarray(0, 500), 64), SKIPPABLE, zstdFrame(plain.subarray(500), 90)]),
    ],
    ["zstd behind a skippable frame", Buffer.concat([SKIPPABLE, ZSTD_19])],
  ])("%s gives the frames of the plain file", (_name, bytes) => {
    const read = framesOf(bytes);
    expect(read.frames).toEqual(expected.frames);
    expect(read.warnings).toEqual([]);
    expect(read.position).toEqual({ readBytes: bytes.length, totalBytes: bytes.length });
  });

  test("whatever zlib writes is read, over many windows of history", () => {
    const long = fc
      .array(
        fc.oneof(
          fc.uint8Array({ minLength: 1, maxLength: 300 }),
          fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 70_000 })),
        ),
        { minLength: 1, maxLength: 12 },
      )
      .map((parts) =>
        Buffer.concat(
          parts.map((part) =>
            part instanceof Uint8Array ? Buffer.from(part) : Buffer.alloc(part[1], part[0]),
          ),
        ),
      );
    const strategies = [
      0,
      constants.Z_FILTERED,
      constants.Z_HUFFMAN_ONLY,
      constants.Z_RLE,
      constants.Z_FIXED,
    ];
    fc.assert(
      fc.property(
        long,
        fc.integer({ min: 0, max: 9 }),
        fc.constantFrom(...strategies),
        (bytes, level, strategy) => {
          const file = pcapFile({}, [
            ...Array.from({ length: Math.ceil(bytes.length / 5000) }, (_, at) => ({
              seconds: at,
              fraction: 0,
              bytes: bytes.subarray(at * 5000, (at + 1) * 5000),
            })),
          ]);
          const { frames } = framesOf(gzipSync(file, { level, strategy }));
          expect(digest(frames)).toBe(digest(framesOf(file).frames));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a file that is much longer than what is held of it", () => {
    const noise = Buffer.concat(
      Array.from({ length: 500 }, (_, i) => createHash("sha512").update(`${i}`).digest()),
    );
    const file = pcapFile(
      {},
      Array.from({ length: 1000 }, (_, i) => ({ seconds: i, fraction: 0, bytes: noise })),
    );
    withCaptureFile(gzipSync(file, { level: 1 }), (source) => {
      const before = process.memoryUsage().arrayBuffers;
      let frames = 0;
      const count = (block: FrameBlock): void => {
        frames += block.count;
      };
      while (source.poll(0, count) >= 0);
      expect(frames).toBe(1000);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(file.length / 8);
    });
    withCaptureFile(zstdFrame(file, 128 * 1024), (source) => expect(readFrames(source)).toHaveLength(1000));
  });

  test.each<[string, Uint8Array, number]>([
    ["gzip", gzipSync(plain), 200],
    ["gzip, stored", gzipSync(plain, { level: 0 }), 2000],
    ["zstd", zstdFrame(plain, 64), 1500],
  ])("%s cut off: what is whole is read, and a warning says where it ends", (_name, bytes, length) => {
    const read = framesOf(bytes.subarray(0, length));
    expect(read.warnings).toEqual(["CAPTURE_FILE_TRUNCATED"]);
    expect(read.frames).toEqual(expected.frames.slice(0, read.frames.length));
    expect(read.frames.length).toBeGreaterThan(0);
  });

  test("changed bytes are found by the checksum, after the frames", () => {
    const bytes = Buffer.from(gzipSync(plain, { level: 0 }));
    bytes[bytes.length - 20]! ^= 1;
    expect(() => framesOf(bytes)).toThrow(
      expect.objectContaining({
        code: "CAPTURE_FILE_DAMAGED",
        message: expect.stringMatching(new RegExp(`at byte ${bytes.length}: .*checksum does not fit`)),
      }),
    );
  });

  test("a changed literal of zstd is found by the checksum, after the frames", () => {
    const bytes = Buffer.from(ZSTD_19);
    bytes[100]! ^= 1;
    expect(() => framesOf(bytes)).toThrow(
      expect.objectContaining({
        code: "CAPTURE_FILE_DAMAGED",
        message: expect.stringMatching(/at byte 540: .*checksum does not fit/),
      }),
    );
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["a block of type 3", deflated([0x07]), /at byte 11: it cannot be decompressed: a block has the type 3/],
    ["stored lengths that differ", deflated([0x01, 5, 0, 5, 0]), /two lengths differ/],
    ["a match before the beginning", deflated([0x4b, 0x04, 0x0a, 0, 0]), /reaches back before the beginning/],
    [
      "what follows a member",
      Buffer.concat([gzipSync(plain), Buffer.from("rest")]),
      /no gzip member begins here/,
    ],
    ["a window of 512 MiB", zstdHeader(0x00, 19 << 3), /a window of 536870912 bytes, 134217728 is the most/],
    ["a dictionary", zstdHeader(0x01, 0, 7), /compressed with a dictionary/],
    ["a block of type 3 (zstd)", zstdHeader(0x00, 0, 0x07, 0, 0), /a block has the type 3/],
    ["a block that is too long", zstdHeader(0x00, 0, 0xf9, 0xff, 0xff), /a block claims \d+ bytes/],
  ])("damage: %s", (_name, bytes, message) => {
    expect(() => framesOf(bytes)).toThrow(
      expect.objectContaining({ code: "CAPTURE_FILE_DAMAGED", message: expect.stringMatching(message) }),
    );
  });

  test("damage inside is told with its offset in what was decompressed", () => {
    const damaged = pcapFile({}, [{ seconds: 1, fraction: 0, bytes: new Uint8Array(4), claimed: 2 ** 30 }]);
    expect(() => framesOf(gzipSync(damaged))).toThrow(/\(decompressed\) is damaged at byte 24:/);
    expect(() => framesOf(gzipSync(Buffer.from("no capture")))).toThrow(
      /\(decompressed\) is no pcap or pcapng/,
    );
  });

  test.each<[string, Uint8Array]>([
    ["gzip", gzipSync(plain)],
    ["gzip, fixed codes", gzipSync(plain, { strategy: constants.Z_FIXED })],
    ["zstd -19", ZSTD_19],
  ])("%s, mutated or cut anywhere: it ends, or ends in a Fault", (_name, bytes) => {
    const mutated = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
    const tryIt = (changed: Uint8Array): void => {
      try {
        framesOf(changed);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Fault);
      }
    };
    for (let length = 0; length < bytes.length; length++) tryIt(bytes.subarray(0, length));
    fc.assert(
      fc.property(fc.array(mutated, { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = Buffer.from(bytes);
        for (const [at, bits] of changes) changed[at]! ^= bits;
        tryIt(changed);
      }),
      { numRuns: 500 },
    );
  });

  test("the repository's own recording", () => {
    const file = new URL("../../../test/captures/shop/node1.pcapng.gz", import.meta.url);
    const { frames, warnings } = framesOf(readFileSync(file));
    expect(warnings).toEqual([]);
    expect(frames.length).toBeGreaterThan(1000);
  });

  test.each([
    ["", 0x51d8e999],
    ["a", 0xa98c6e5b],
    ["abc", 0xad770999],
  ])("xxh64 of %j", (text, lowerHalf) => {
    const hash = new Xxh64();
    hash.update(Buffer.from(text));
    expect(hash.lowerHalf()).toBe(lowerHalf);
  });

  test("xxh64 is the same in whatever pieces it is taken", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 8 }), (pieces) => {
        const [whole, parts] = [new Xxh64(), new Xxh64()];
        whole.update(Buffer.concat(pieces));
        for (const piece of pieces) parts.update(piece);
        expect(parts.lowerHalf()).toBe(whole.lowerHalf());
      }),
    );
  });

  test("crc32 of RFC 1952's check value, in one piece and in two", () => {
    const bytes = Buffer.from("123456789");
    expect(crc32(0, bytes, 0, 9)).toBe(0xcbf43926);
    expect(crc32(crc32(0, bytes, 0, 5), bytes, 5, 9)).toBe(0xcbf43926);
  });
});

function digest(frames: readonly ReadFrame[]): string {
  return createHash("md5").update(JSON.stringify(frames)).digest("hex");
}

/** Extra field, name, comment and header checksum. */
function withHeaderFields(bytes: Uint8Array): Buffer {
  const trailer = gzipSync(bytes).subarray(-8);
  const header = Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 2, 0, 0xaa, 0xbb]);
  const texts = Buffer.from("name\0a comment\0", "latin1");
  return Buffer.concat([header, texts, Buffer.from([0x12, 0x34]), deflateRawSync(bytes), trailer]);
}

function deflated(bytes: number[]): Buffer {
  return Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, ...bytes]);
}

function zstdHeader(...bytes: number[]): Buffer {
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...bytes]), Buffer.alloc(32)]);
}
