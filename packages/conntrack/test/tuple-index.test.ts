import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TupleIndex } from "../src/tuple-index.js";

describe("TupleIndex", () => {
  it("holds what a multimap holds, through collisions, growth and deletion", () => {
    const step = fc.record({
      hash: fc.integer({ min: -20, max: 20 }),
      handle: fc.nat(60),
      add: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const index = new TupleIndex(16);
        const model = new Map<number, Set<number>>();
        const placed = new Map<number, number>();
        for (const { hash, handle, add } of steps) {
          if (add && !placed.has(handle)) {
            index.add(hash, handle);
            placed.set(handle, hash);
            model.set(hash, (model.get(hash) ?? new Set()).add(handle));
          } else if (!add && placed.has(handle)) {
            const at = placed.get(handle) ?? 0;
            index.remove(at, handle);
            placed.delete(handle);
            model.get(at)?.delete(handle);
          }
        }
        expect(index.size).toBe(placed.size);
        for (const [hash, handles] of model) {
          const seen = new Set<number>();
          index.visit(hash, (handle) => seen.add(handle));
          expect(seen).toEqual(handles);
        }
      }),
    );
  });
});
