import { describe, expect, it } from "vitest";
import { icmpErrorText, icmpMessageText, icmpPortText } from "../src/icmp.js";

describe("ICMP in words", () => {
  it.each([
    [3, 4, 4, "fragmentation needed"],
    [3, 13, 4, "prohibited by filter"],
    [11, 0, 4, "TTL exceeded in transit"],
    [8, 0, 4, "echo request"],
    [3, 99, 4, "unreachable, code 99"],
    [200, 1, 4, "type 200 code 1"],
    [2, 0, 6, "packet too big"],
    [1, 4, 6, "port unreachable"],
    [3, 0, 6, "hop limit exceeded in transit"],
    [135, 0, 6, "neighbour solicitation"],
  ] as const)("type %i code %i of version %i is %s", (type, code, version, text) => {
    expect(icmpMessageText(type, code, version)).toBe(text);
  });

  it("says who sent an error, and the MTU where it was told", () => {
    expect(icmpErrorText({ source: "10.0.0.1", type: 3, code: 4, mtu: 1450 })).toBe(
      "10.0.0.1 says: fragmentation needed, next-hop MTU 1450",
    );
    // The same numbers mean something else in IPv6.
    expect(icmpErrorText({ source: "fd00::1", type: 3, code: 1, mtu: null })).toBe(
      "fd00::1 says: fragment reassembly time exceeded",
    );
  });

  it("stands in the place of ports, and only there", () => {
    const ports = (protocol: "icmp" | "icmpv6" | "tcp", client: number, server: number) =>
      icmpPortText({ protocol, client: { port: client }, server: { port: server } });
    expect(ports("icmp", 0, (3 << 8) | 1)).toBe("host unreachable");
    expect(ports("icmpv6", 0, 135 << 8)).toBe("neighbour solicitation");
    expect(ports("icmp", 771, 771)).toBe("echo");
    // Masquerading may rewrite an echo's identifier; and it may be 0.
    expect(ports("icmp", 4711, 771)).toBe("echo");
    expect(ports("icmp", 0, 0)).toBe("echo");
    expect(ports("tcp", 0, 80)).toBeUndefined();
  });
});
