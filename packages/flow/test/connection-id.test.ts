import { parseAddress } from "@hopline/packet";
import { describe, expect, it } from "vitest";
import { formatConnectionId, writeConnectionId } from "../src/connection-id.js";

function bytesOf(address: string): Uint8Array {
  const bytes = parseAddress(address);
  if (bytes === undefined) throw new Error(`no address: ${address}`);
  return bytes;
}

function idOf(
  protocol: number,
  client: string,
  clientPort: number,
  server: string,
  serverPort: number,
): string {
  const out = new Uint32Array(2);
  writeConnectionId(out, 0, protocol, bytesOf(client), 0, clientPort, bytesOf(server), 0, serverPort);
  return formatConnectionId(out, 0);
}

describe("connection id", () => {
  it.each([
    [6, "10.244.1.2", 40000, "10.244.2.3", 80, "88ac47c0487d1258"],
    [17, "10.244.1.2", 40000, "10.244.2.3", 80, "2dccc4afe60b547d"],
    [6, "10.244.2.3", 80, "10.244.1.2", 40000, "b91958b10df08a40"],
    [6, "fd00::1", 65535, "fd00::2", 443, "a577da9b2ac3a89b"],
    [0, "::", 0, "::", 0, "f62a0c1e3d309b3f"],
  ])("never changes: %i %s:%i %s:%i", (protocol, client, clientPort, server, serverPort, id) => {
    expect(idOf(protocol, client, clientPort, server, serverPort)).toBe(id);
  });

  it("reads addresses from columns, and writes one row of a column", () => {
    const column = new Uint8Array(48);
    column.set(bytesOf("10.244.1.2"), 16);
    column.set(bytesOf("10.244.2.3"), 32);
    const out = new Uint32Array(6);
    writeConnectionId(out, 1, 6, column, 16, 40000, column, 32, 80);
    expect(formatConnectionId(out, 1)).toBe(idOf(6, "10.244.1.2", 40000, "10.244.2.3", 80));
    expect([out[0], out[1], out[4], out[5]]).toEqual([0, 0, 0, 0]);
  });

  it("spreads: no collision among two million tuples of a cluster, nor more than chance in either half", () => {
    const ids = new BigUint64Array(2_000_000);
    const words = new Uint32Array(ids.buffer);
    const client = bytesOf("10.244.0.0");
    const server = bytesOf("10.244.0.0");
    let row = 0;
    for (let clientHost = 0; clientHost < 100; clientHost++) {
      client[15] = clientHost;
      for (let serverHost = 0; serverHost < 20; serverHost++) {
        server[14] = serverHost;
        for (let port = 0; port < 1_000; port++)
          writeConnectionId(words, row++, 6, client, 0, 32_768 + port, server, 0, 8080);
      }
    }
    expect(new Set(ids).size).toBe(ids.length);
    for (const half of [0, 1]) {
      const values = new Set<number>();
      for (let i = half; i < words.length; i += 2) values.add(words[i] ?? 0);
      // Birthdays: n² / 2^33 collisions are expected, about 466.
      expect(ids.length - values.size).toBeLessThan(600);
    }
  });

  it("changes half of its bits with each bit of the tuple", () => {
    const reference = [bytesOf("10.244.1.2"), bytesOf("fd00::2")] as const;
    const words = new Uint32Array(4);
    let changed = 0;
    let trials = 0;
    for (let bit = 0; bit < 256 + 32; bit++) {
      const [client, server] = [reference[0].slice(), reference[1].slice()];
      let ports = 0;
      if (bit < 128) client[bit >> 3] = (client[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      else if (bit < 256) server[(bit - 128) >> 3] = (server[(bit - 128) >> 3] ?? 0) ^ (1 << (bit & 7));
      else ports = 2 ** (bit - 256);
      writeConnectionId(words, 0, 6, reference[0], 0, 0, reference[1], 0, 0);
      writeConnectionId(words, 1, 6, client, 0, Math.floor(ports / 0x10000), server, 0, ports & 0xffff);
      const difference = ones((words[0] ?? 0) ^ (words[2] ?? 0)) + ones((words[1] ?? 0) ^ (words[3] ?? 0));
      expect(difference).toBeGreaterThan(10);
      expect(difference).toBeLessThan(54);
      changed += difference;
      trials++;
    }
    expect(changed / trials).toBeGreaterThan(31);
    expect(changed / trials).toBeLessThan(33);
  });
});

function ones(word: number): number {
  return (word >>> 0).toString(2).replaceAll("0", "").length;
}
