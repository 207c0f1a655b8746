import { describe, expect, test } from "vitest";
import { namesUdpSuperFrames } from "../src/ring/ring-settings.js";

describe("segment sizes by default", () => {
  test.each([
    ["3.10.0-1160.el7.x86_64", false],
    ["5.15.0-91-generic", false],
    ["6.1.0-18-amd64", false],
    ["6.2.0", true],
    ["6.12.5-cloud", true],
    ["7.0.1", true],
    ["unheard of", false],
  ])("Linux %s: %s", (kernel, expected) => {
    expect(namesUdpSuperFrames(kernel)).toBe(expected);
  });
});
