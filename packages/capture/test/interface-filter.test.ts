import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ANCILLARY_INTERFACE_INDEX,
  assemble,
  type Instruction,
  JUMP_ALWAYS,
  JUMP_EQUAL,
  JUMP_GREATER,
  LOAD_WORD,
  LONGEST_PROGRAM,
  RETURN,
} from "../src/ring/cbpf.js";
import { interfaceFilter } from "../src/ring/interface-filter.js";

/** What the kernel's interpreter does, for the instructions that we use; and what its checker refuses. */
function run(program: readonly Instruction[], interfaceIndex: number): { kept: number; steps: number } {
  let accumulator = 0;
  for (let pc = 0, steps = 1; ; pc++, steps++) {
    const instruction = program[pc];
    if (instruction === undefined) throw new Error("ran off the program");
    const { code, jumpTrue, jumpFalse, operand } = instruction;
    if (jumpTrue > 255 || jumpFalse > 255) throw new Error("a jump does not fit its byte");
    if (code === LOAD_WORD) {
      if (operand !== ANCILLARY_INTERFACE_INDEX) throw new Error("loads something else");
      accumulator = interfaceIndex;
    } else if (code === JUMP_ALWAYS) pc += operand;
    else if (code === JUMP_EQUAL) pc += accumulator === operand ? jumpTrue : jumpFalse;
    else if (code === JUMP_GREATER) pc += accumulator > operand ? jumpTrue : jumpFalse;
    else if (code === RETURN) return { kept: operand, steps };
    else throw new Error(`unknown code ${code}`);
  }
}

describe("interfaceFilter", () => {
  test("nothing to watch refuses everything", () => {
    expect(interfaceFilter([], 192)).toEqual([{ code: RETURN, jumpTrue: 0, jumpFalse: 0, operand: 0 }]);
  });

  test("three interfaces, instruction by instruction", () => {
    expect(
      interfaceFilter([3, 9, 12], 128).map(({ code, jumpTrue, jumpFalse, operand }) => [
        code,
        jumpTrue,
        jumpFalse,
        operand,
      ]),
    ).toEqual([
      [LOAD_WORD, 0, 0, 0xffff_f008],
      [JUMP_EQUAL, 2, 0, 3],
      [JUMP_EQUAL, 1, 0, 9],
      [JUMP_EQUAL, 0, 1, 12],
      [RETURN, 0, 0, 128],
      [RETURN, 0, 0, 0],
    ]);
  });

  test("keeps exactly the interfaces asked for, in few steps", () => {
    const indexSets = fc.uniqueArray(fc.integer({ min: 2, max: 100_000 }), { maxLength: 600 });
    fc.assert(
      fc.property(indexSets, fc.integer({ min: 0, max: 100_001 }), (unordered, stranger) => {
        const indexes = unordered.toSorted((a, b) => a - b);
        const program = interfaceFilter(indexes, 192);
        for (const index of [...indexes, ...indexes.map((index) => index + 1), stranger]) {
          const { kept, steps } = run(program, index);
          expect(kept).toBe(indexes.includes(index) ? 192 : 0);
          expect(steps).toBeLessThanOrEqual(2 + 4 + 2 * Math.ceil(Math.log2(indexes.length + 1)));
        }
      }),
      { numRuns: 60 },
    );
  });

  test("more than the kernel takes is a Fault", () => {
    const indexes = (count: number): number[] => Array.from({ length: count }, (_, i) => 2 + 2 * i);
    expect(interfaceFilter(indexes(2000), 192).length).toBeLessThanOrEqual(LONGEST_PROGRAM);
    expect(() => interfaceFilter(indexes(4000), 192)).toThrow(
      expect.objectContaining({ code: "CAPTURE_FILTER_TOO_LONG" }),
    );
  });

  test("assembles to struct sock_filter in host order", () => {
    const bytes = assemble(interfaceFilter([5], 64));
    expect(bytes.length).toBe(4 * 8);
    const words = new Uint32Array(bytes.buffer);
    expect([words[1], words[3], words[5], words[7]]).toEqual([ANCILLARY_INTERFACE_INDEX, 5, 64, 0]);
    expect(new Uint16Array(bytes.buffer)[4]).toBe(JUMP_EQUAL);
    expect([bytes[10], bytes[11]]).toEqual([0, 1]);
  });
});
