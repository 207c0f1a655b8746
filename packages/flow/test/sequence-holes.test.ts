import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Assembly, compileAssembly } from "./assembly.js";

/** assembly/sequence-holes.ts. */
interface SequenceHoles extends Assembly {
  reserveHoles(): void;
  allocateHoles(): number;
  releaseHoles(block: number): void;
  addHole(block: number, start: number, end: number): void;
  fillHoles(block: number, start: number, end: number): number;
  forgetFarHoles(block: number, next: number): number;
  readonly forgottenHoles: { readonly value: number };
}

const MOST_BLOCKS = 1 << 16;

let instantiate: () => SequenceHoles;
let holes: SequenceHoles;

beforeAll(async () => {
  instantiate = await compileAssembly<SequenceHoles>("sequence-holes.ts");
});

beforeEach(() => {
  holes = instantiate();
  holes.reserveHoles();
});

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
          const block = holes.allocateHoles();
          const forgottenBefore = holes.forgottenHoles.value;
          const missing = new Set<number>();
          let at = 0;
          for (const [seen, length] of gaps) {
            at += seen;
            for (let byte = at; byte < at + length; byte++) missing.add(byte);
            holes.addHole(block, (origin + at) | 0, (origin + at + length) | 0);
            at += length;
          }
          for (const [start, length] of fills) {
            let expected = 0;
            for (let byte = start; byte < start + length; byte++) if (missing.delete(byte)) expected++;
            const filled = holes.fillHoles(block, (origin + start) | 0, (origin + start + length) | 0);
            if (holes.forgottenHoles.value > forgottenBefore) break;
            expect(filled).toBe(expected);
          }
          holes.releaseHoles(block);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("forgets the lowest when a block is full", () => {
    const block = holes.allocateHoles();
    for (let i = 0; i < 8; i++) holes.addHole(block, i * 10, i * 10 + 5);
    expect(holes.forgottenHoles.value).toBe(1);
    expect(holes.fillHoles(block, 0, 100)).toBe(7 * 5);
  });

  it("splits a hole of a full block by forgetting the lowest", () => {
    const block = holes.allocateHoles();
    for (let i = 0; i < 7; i++) holes.addHole(block, i * 10, i * 10 + 9);
    expect(holes.fillHoles(block, 63, 66)).toBe(3);
    expect(holes.forgottenHoles.value).toBe(1);
    expect(holes.fillHoles(block, 0, 100)).toBe(5 * 9 + 6);
    const other = holes.allocateHoles();
    for (let i = 0; i < 7; i++) holes.addHole(other, i * 10, i * 10 + 9);
    expect(holes.fillHoles(other, 3, 6)).toBe(3);
    expect(holes.fillHoles(other, 0, 100)).toBe(6 * 9 + 3);
  });

  it("forgets holes that are further back than any window", () => {
    const block = holes.allocateHoles();
    holes.addHole(block, 0, 10);
    holes.addHole(block, 1000, 1010);
    expect(holes.forgetFarHoles(block, 0x40000000)).toBe(2);
    expect(holes.forgetFarHoles(block, 0x40000001)).toBe(1);
  });

  it("uses blocks again and refuses more than its bound", () => {
    const blocks = Array.from({ length: MOST_BLOCKS }, () => holes.allocateHoles());
    expect(new Set(blocks).size).toBe(MOST_BLOCKS);
    expect(holes.allocateHoles()).toBe(-1);
    expect(holes.forgottenHoles.value).toBe(1);
    holes.addHole(99, 0, 10);
    holes.releaseHoles(99);
    expect(holes.allocateHoles()).toBe(99);
    expect(holes.fillHoles(99, 0, 10)).toBe(0);
  });
});
