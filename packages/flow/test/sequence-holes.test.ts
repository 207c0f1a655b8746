import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SequenceHoles } from "../src/sequence-holes.js";

describe("sequence holes", () => {
  it("fills as a set of bytes does, across the wrap", () => {
    const hole = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }));
    const fill = fc.tuple(fc.nat(250), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(
        fc.array(hole, { maxLength: 5 }),
        fc.array(fill, { maxLength: 8 }),
        fc.integer(),
        (gaps, fills, origin) => {
          const holes = new SequenceHoles();
          const block = holes.allocate();
          const missing = new Set<number>();
          let at = 0;
          for (const [seen, length] of gaps) {
            at += seen;
            for (let byte = at; byte < at + length; byte++) missing.add(byte);
            holes.add(block, (origin + at) | 0, (origin + at + length) | 0);
            at += length;
          }
          for (const [start, length] of fills) {
            let expected = 0;
            for (let byte = start; byte < start + length; byte++) if (missing.delete(byte)) expected++;
            const filled = holes.fill(block, (origin + start) | 0, (origin + start + length) | 0);
            if (holes.forgotten > 0) return;
            expect(filled).toBe(expected);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("forgets the lowest when a block is full", () => {
    const holes = new SequenceHoles();
    const block = holes.allocate();
    for (let i = 0; i < 8; i++) holes.add(block, i * 10, i * 10 + 5);
    expect(holes.forgotten).toBe(1);
    expect(holes.fill(block, 0, 100)).toBe(7 * 5);
  });

  it("splits a hole of a full block by forgetting the lowest", () => {
    const holes = new SequenceHoles();
    const block = holes.allocate();
    for (let i = 0; i < 7; i++) holes.add(block, i * 10, i * 10 + 9);
    expect(holes.fill(block, 63, 66)).toBe(3);
    expect(holes.forgotten).toBe(1);
    expect(holes.fill(block, 0, 100)).toBe(5 * 9 + 6);
    const other = holes.allocate();
    for (let i = 0; i < 7; i++) holes.add(other, i * 10, i * 10 + 9);
    expect(holes.fill(other, 3, 6)).toBe(3);
    expect(holes.fill(other, 0, 100)).toBe(6 * 9 + 3);
  });

  it("forgets holes that are further back than any window", () => {
    const holes = new SequenceHoles();
    const block = holes.allocate();
    holes.add(block, 0, 10);
    holes.add(block, 1000, 1010);
    expect(holes.forgetFar(block, 0x40000000)).toBe(2);
    expect(holes.forgetFar(block, 0x40000001)).toBe(1);
  });

  it("uses blocks again and refuses more than its bound", () => {
    const holes = new SequenceHoles(100);
    const blocks = Array.from({ length: 100 }, () => holes.allocate());
    expect(new Set(blocks).size).toBe(100);
    expect(holes.allocate()).toBe(-1);
    expect(holes.forgotten).toBe(1);
    holes.add(blocks[99] ?? 0, 0, 10);
    holes.release(blocks[99] ?? 0);
    expect(holes.blocksInUse).toBe(99);
    expect(holes.fill(holes.allocate(), 0, 10)).toBe(0);
  });
});
