import { describe, expect, it } from "vitest";
import { formatClockMs, formatDateTime, formatUtc } from "../../src/units/clock-time";
import {
  formatByteRate,
  formatBytes,
  formatCount,
  formatDuration,
  formatMicroseconds,
  formatRate,
  formatShare,
} from "../../src/units/quantity";

/** The narrow no-break space between figure and unit, as a plain one. */
const plain = (text: string) => text.replaceAll(" ", " ");

describe("quantities", () => {
  it.each([
    [0, "0 B"],
    [512, "512 B"],
    [999, "999 B"],
    [999.6, "1 kB"],
    [1_234, "1.23 kB"],
    [999_700, "1 MB"],
    [34_000_000, "34 MB"],
    [1.5e15, "1.5 PB"],
  ])("writes %d bytes as %s", (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text));

  it("writes rates", () => {
    expect(plain(formatByteRate(1_240_000))).toBe("1.24 MB/s");
    expect(plain(formatByteRate(0.3))).toBe("0 B/s");
    expect(plain(formatRate(0))).toBe("0/s");
    expect(plain(formatRate(0.0213))).toBe("0.021/s");
    expect(plain(formatRate(34.2))).toBe("34.2/s");
    expect(plain(formatRate(3400))).toBe("3.4 k/s");
  });

  it("writes counts with every digit as long as they can be read", () => {
    expect(formatCount(12_345)).toBe("12,345");
    expect(plain(formatCount(1_234_567))).toBe("1.23 M");
  });

  it("never rounds a small share to nothing", () => {
    expect(plain(formatShare(0.00002))).toBe("<0.01 %");
    expect(plain(formatShare(0))).toBe("0 %");
    expect(plain(formatShare(0.0042))).toBe("0.42 %");
    expect(plain(formatShare(1))).toBe("100 %");
  });

  it("writes lengths of time", () => {
    expect(plain(formatMicroseconds(87))).toBe("87 µs");
    expect(plain(formatMicroseconds(1_240))).toBe("1.24 ms");
    expect(plain(formatMicroseconds(2_300_000))).toBe("2.3 s");
    expect(plain(formatDuration(90_000))).toBe("90 s");
    expect(plain(formatDuration(3_600_000 * 5))).toBe("5 h");
  });
});

describe("clock times", () => {
  const timeMs = Date.UTC(2026, 10, 21, 14, 5, 9, 7);
  it("writes UTC the same everywhere", () => {
    expect(formatUtc(timeMs)).toBe("2026-11-21 14:05:09.007 UTC");
    expect(formatDateTime(timeMs, "utc")).toBe("2026-11-21 14:05:09");
    expect(formatClockMs(timeMs, "utc")).toBe("14:05:09.007");
    expect(formatClockMs(Date.UTC(2026, 0, 1), "utc")).toBe("00:00:00.000");
  });
});
