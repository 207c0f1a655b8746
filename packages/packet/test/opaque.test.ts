import { describe, expect, it } from "vitest";
import { ENCAPSULATION_NAMES } from "../src/encapsulations.js";
import { FrameDecoder } from "../src/frame-decoder.js";
import { decodeFrame } from "./decode-frame.js";
import { type Bytes, ethernet, ipv4, udp, zeros } from "./frame-builders.js";
import { decoded, fromHex, reasonsByLength } from "./golden.js";

/** A keepalive. */
const WIREGUARD = fromHex(
  "0200000000020200000000010800",
  "4500003c1234400040119329c0a80a01c0a80a02",
  "ca6cca6c00280000",
  "040000000a0b0c0d0100000000000000",
  "000102030405060708090a0b0c0d0e0f",
);
const ESP = fromHex(
  "0200000000020200000000010800",
  "4500003c1234400040329308c0a80a01c0a80a02",
  "c0ffee0100000005",
  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
);
const SLEEVE = fromHex(
  "0200000000020200000000010800",
  "450000401234400040119325c0a80a01c0a80a02",
  "1a7f1a7f002c0000",
  "7a0000000001",
  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d",
);

function datagram(port: number, payload: Bytes): Bytes {
  return ethernet(0x0800, ipv4({ protocol: 17 }, udp({ destinationPort: port }, payload)));
}

function encapsulationOf(frame: Bytes, decoder?: FrameDecoder): string | undefined {
  return ENCAPSULATION_NAMES[decodeFrame(frame, { decoder }).packet.encapsulation];
}

describe("WireGuard", () => {
  it("is the UDP flow that it is, by name", () => {
    expect(decoded(WIREGUARD)).toEqual({
      reason: "counted",
      source: "192.168.10.1",
      destination: "192.168.10.2",
      sourcePort: 51820,
      destinationPort: 51820,
      protocol: 17,
      bytes: 60,
      payloadBytes: 32,
      encapsulation: 8,
    });
  });

  it("is counted however little of its payload was captured", () => {
    expect(reasonsByLength(WIREGUARD)).toEqual([
      "0 truncated_ethernet",
      "14 truncated_ipv4",
      "34 truncated_udp",
      "42 counted",
    ]);
    expect(decodeFrame(WIREGUARD, { capturedLength: 45 }).packet.encapsulation).toBe(0);
    expect(decodeFrame(WIREGUARD, { capturedLength: 46 }).packet.encapsulation).toBe(8);
  });

  it.each([
    [1, 148, "wireguard"],
    [1, 149, "none"],
    [2, 92, "wireguard"],
    [2, 91, "none"],
    [3, 64, "wireguard"],
    [3, 65, "none"],
    [4, 31, "none"],
    [4, 1452, "wireguard"],
    [0, 64, "none"],
    [5, 64, "none"],
  ])("message type %i of %i bytes: %s", (type, bytes, name) => {
    expect(encapsulationOf(datagram(51820, [type, ...zeros(bytes - 1)]))).toBe(name);
  });

  it("has zeros after its type", () => {
    expect(encapsulationOf(datagram(51821, [4, 0, 0, 1, ...zeros(60)]))).toBe("none");
  });

  it("is found at the ports of the usual CNIs, or at those that are given", () => {
    const message = [4, ...zeros(63)];
    for (const port of [51820, 51821, 51871])
      expect(encapsulationOf(datagram(port, message))).toBe("wireguard");
    const decoder = new FrameDecoder({ wireguardPorts: [4789] });
    expect(encapsulationOf(datagram(4789, message), decoder)).toBe("wireguard");
    expect(encapsulationOf(datagram(51820, message), decoder)).toBe("none");
  });
});

describe("ESP", () => {
  it("is the flow that it is, by name", () => {
    expect(decoded(ESP)).toEqual({
      reason: "counted",
      source: "192.168.10.1",
      destination: "192.168.10.2",
      protocol: 50,
      bytes: 60,
      payloadBytes: 40,
      encapsulation: 9,
    });
  });

  it("is known by its protocol where nothing of it was captured", () => {
    expect(reasonsByLength(ESP)).toEqual(["0 truncated_ethernet", "14 truncated_ipv4", "34 counted"]);
    expect(decodeFrame(ESP, { capturedLength: 34 }).packet.encapsulation).toBe(9);
  });

  it("has no reserved index, and a header", () => {
    expect(encapsulationOf(ethernet(0x0800, ipv4({ protocol: 50 }, [0, 0, 0, 255, ...zeros(20)])))).toBe(
      "none",
    );
    expect(encapsulationOf(ethernet(0x0800, ipv4({ protocol: 50 }, [0, 0, 1, 0, 0, 0, 0])))).toBe("none");
    expect(encapsulationOf(ethernet(0x0800, ipv4({ protocol: 50 }, [0, 0, 1, 0, ...zeros(20)])))).toBe("esp");
  });
});

describe("sleeve", () => {
  it("is the UDP flow that it is, by name", () => {
    expect(decoded(SLEEVE)).toEqual({
      reason: "counted",
      source: "192.168.10.1",
      destination: "192.168.10.2",
      sourcePort: 6783,
      destinationPort: 6783,
      protocol: 17,
      bytes: 64,
      payloadBytes: 36,
      encapsulation: 10,
    });
  });

  it("is no datagram that is too short for its header", () => {
    expect(encapsulationOf(datagram(6783, zeros(19)))).toBe("none");
    expect(encapsulationOf(datagram(6783, zeros(20)))).toBe("sleeve");
  });

  it("is not looked for where no port is given", () => {
    expect(encapsulationOf(SLEEVE, new FrameDecoder({ sleevePorts: [] }))).toBe("none");
  });
});
