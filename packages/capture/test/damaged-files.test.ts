import { Fault } from "@hopline/fault";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pcapFile, Section, withCaptureFile } from "./capture-file.js";

const frame = Buffer.from("ffffffffffff0200000000010800450000140000000040060000", "hex");

function samples(): Uint8Array[] {
  const records = Array.from({ length: 6 }, (_, i) => ({ seconds: i, fraction: i, bytes: frame }));
  const s = new Section();
  s.interface(1, [s.option(2, Buffer.from("eth0")), s.option(9, Uint8Array.of(9))]).interface(113);
  for (let i = 0; i < 4; i++) s.packet(i & 1, BigInt(i), frame, [s.option(2, Uint8Array.of(1, 0, 0, 0))]);
  s.block(3, s.bytes().u32(frame.length).add(frame))
    .block(5, s.bytes().u32(0, 0, 0))
    .block(0xbad, s.bytes().u32(1, 2));
  const big = new Section(false).interface(1).packet(0, 9n, frame).done();
  return [
    pcapFile({}, records),
    pcapFile({ littleEndian: false, magic: 0xa1b23c4d }, records),
    Buffer.concat([s.done(), big]),
  ];
}

/** Reads to the end; frames must lie inside their block, and their number cannot exceed what the file has room for. */
function readAll(bytes: Uint8Array): void {
  withCaptureFile(bytes, (source) => {
    let frames = 0;
    for (let polls = 0; ; polls++) {
      if (polls > bytes.length) throw new Error("does not end");
      const polled = source.poll(0, (block) => {
        for (let i = 0; i < block.count; i++) {
          if (block.offsets[i]! + block.capturedLengths[i]! > block.bytes.length)
            throw new Error("outside its block");
        }
        frames += block.count;
      });
      if (polled < 0) break;
    }
    if (frames * 16 > bytes.length) throw new Error("more frames than the file can hold");
  });
}

const INTERESTING = [0, 1, 3, 4, 7, 8, 11, 12, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0xffff_fffc, 0xffff_ffff];

const mutation = fc.record({
  at: fc.nat(1000),
  how: fc.oneof(
    fc.record({ kind: fc.constant("byte" as const), value: fc.integer({ min: 0, max: 255 }) }),
    fc.record({ kind: fc.constant("word" as const), value: fc.constantFrom(...INTERESTING) }),
    fc.record({ kind: fc.constant("cut" as const), value: fc.constant(0) }),
    fc.record({ kind: fc.constant("insert" as const), value: fc.integer({ min: 1, max: 64 }) }),
  ),
});

function mutate(
  original: Uint8Array,
  mutations: { at: number; how: { kind: string; value: number } }[],
): Uint8Array {
  let bytes = Buffer.from(original);
  for (const { at, how } of mutations) {
    const offset = at % Math.max(1, bytes.length - 4);
    if (how.kind === "byte") bytes[offset] = how.value;
    else if (how.kind === "word" && bytes.length > 4) bytes.writeUInt32LE(how.value, offset & ~3);
    else if (how.kind === "cut") bytes = bytes.subarray(0, offset);
    else if (how.kind === "insert") {
      bytes = Buffer.concat([bytes.subarray(0, offset), Buffer.alloc(how.value, at), bytes.subarray(offset)]);
    }
  }
  return bytes;
}

describe("damaged files", () => {
  test("mutated files end, or end in a Fault, and never in anything else", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples()),
        fc.array(mutation, { minLength: 1, maxLength: 6 }),
        (sample, mutations) => {
          try {
            readAll(mutate(sample, mutations));
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Fault);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  test("files cut at every byte end, or end in a Fault", () => {
    for (const sample of samples()) {
      for (let length = 0; length < sample.length; length++) {
        try {
          readAll(sample.subarray(0, length));
        } catch (thrown) {
          if (!(thrown instanceof Fault)) throw thrown;
        }
      }
    }
  });
});
