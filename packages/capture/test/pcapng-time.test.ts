import fc from "fast-check";
import { expect, test } from "vitest";
import { timeScale } from "../src/pcap/pcapng-time.js";

const words = (timestamp: bigint): [number, number] => [
  Number(timestamp >> 32n),
  Number(timestamp & 0xffff_ffffn),
];

test.each([
  ["microseconds", 6, 1_795_000_000_123_456n],
  ["nanoseconds", 9, 1_795_000_000_123_456_000n],
  ["milliseconds", 3, 1_795_000_000_123n],
  ["seconds", 0, 1_795_000_000n],
  ["2^-20 seconds", 0x80 | 20, 1_795_000_000n << 20n],
])("%s", (_, resolution, timestamp) => {
  const expected: Record<number, number> = {
    3: 1_795_000_000_123_000,
    0: 1_795_000_000_000_000,
    148: 1_795_000_000_000_000,
  };
  expect(timeScale(resolution, 0).toUs(...words(timestamp))).toBe(
    expected[resolution] ?? 1_795_000_000_123_456,
  );
});

test("the offset is added, and may be negative", () => {
  expect(timeScale(6, -2).toUs(0, 5_000_000)).toBe(3_000_000);
});

test("finer than a microsecond, any time of 64 bits is as exact as a double can hold", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 63n), fc.integer({ min: 6, max: 12 }), (timestamp, power) => {
      const perUs = 10n ** BigInt(power - 6);
      const exact = Number(timestamp / perUs) + Number(timestamp % perUs) / Number(perUs);
      const error = Math.abs(timeScale(power, 0).toUs(...words(timestamp)) - exact);
      expect(error).toBeLessThanOrEqual(exact * Number.EPSILON * 2);
    }),
  );
});
