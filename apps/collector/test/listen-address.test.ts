import { describe, expect, it } from "vitest";
import { formatListenAddress, parseListenAddress } from "../src/http/listen-address.js";

describe("parseListenAddress", () => {
  it.each([
    ["127.0.0.1:4401", { kind: "tcp", host: "127.0.0.1", port: 4401 }],
    ["[::1]:4401", { kind: "tcp", host: "::1", port: 4401 }],
    ["localhost:0", { kind: "tcp", host: "localhost", port: 0 }],
    ["unix:/run/hopline/collector.sock", { kind: "unix", path: "/run/hopline/collector.sock" }],
  ])("takes %s, and writes it the same", (text, address) => {
    const parsed = parseListenAddress(text);
    expect(parsed).toEqual(address);
    expect(formatListenAddress(parsed!)).toBe(text);
  });

  it("takes a port alone for all addresses", () => {
    expect(parseListenAddress(":4401")).toEqual({ kind: "tcp", host: "::", port: 4401 });
  });

  it.each([
    "",
    "localhost",
    "4401",
    "127.0.0.1:70000",
    "::1:4401",
    "unix:relative.sock",
    "http://x:1",
    "a:b:1",
  ])("refuses %j", (text) => {
    expect(parseListenAddress(text)).toBeUndefined();
  });
});
