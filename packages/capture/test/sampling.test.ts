import { describe, expect, test } from "vitest";
import { isSampled } from "../src/sampling.js";

describe("isSampled", () => {
  test("one connection in 2^shift is kept, of all client ports and of the even ones that Linux gives first", () => {
    for (const step of [1, 2]) {
      for (let shift = 0; shift <= 10; shift++) {
        let ports = 0;
        let kept = 0;
        for (let port = 32_768; port <= 60_999; port += step) {
          ports++;
          if (isSampled(6, port, 443, shift)) kept++;
        }
        const expected = ports / 2 ** shift;
        expect(Math.abs(kept - expected)).toBeLessThan(3 + expected * 0.15);
      }
    }
  });

  test("what is kept at a rate is kept at all higher ones", () => {
    for (let port = 1024; port < 65_536; port += 7) {
      for (let shift = 1; shift <= 10; shift++) {
        if (isSampled(17, 53, port, shift)) expect(isSampled(17, 53, port, shift - 1)).toBe(true);
      }
    }
  });

  test("both directions, and before and after a Service's translation, decide alike", () => {
    for (let port = 32_768; port < 60_999; port += 11) {
      const kept = isSampled(6, port, 80, 4);
      expect(isSampled(6, 80, port, 4)).toBe(kept);
      expect(isSampled(6, port, 8080, 4)).toBe(kept);
    }
  });

  test("golden: the ports of 40000 to 40063 that one in 16 leaves, the same on every node", () => {
    const kept = Array.from({ length: 64 }, (_, i) => 40_000 + i).filter((port) => isSampled(6, port, 80, 4));
    expect(kept).toEqual([40_027, 40_042, 40_057]);
  });

  test("what has no ports, and SCTP, is never sampled away", () => {
    for (const protocol of [1, 58, 50, 132]) expect(isSampled(protocol, 40_001, 0, 10)).toBe(true);
  });
});
