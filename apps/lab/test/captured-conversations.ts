import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Payload of one 5-tuple as it was seen on an interface, from the side that owns `local`. */
export interface SeenPayload {
  sentBytes: number;
  receivedBytes: number;
}

/** tcpdump on `eth0` of a network namespace, and what it saw, added up by 5-tuple. */
export class NamespaceCapture {
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
  }

  static async start(netns: string, filter: string): Promise<NamespaceCapture> {
    const folder = mkdtempSync(join(tmpdir(), "hl-capture-"));
    const child = spawn(
      "nsenter",
      [
        `--net=/run/netns/${netns}`,
        "--",
        "tcpdump",
        "-i",
        "eth0",
        "--immediate-mode",
        "-U",
        "-n",
        "-s",
        "120",
        "-B",
        "8192",
        "-Z",
        "root",
        "-w",
        join(folder, "eth0.pcap"),
        filter,
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    await once(child.stderr!, "data"); // "listening on eth0"
    return new NamespaceCapture(child, folder);
  }

  /** By `protocol localAddress:localPort remoteAddress:remotePort`, local being the namespace's own address. */
  async stop(localAddress: string): Promise<Map<string, SeenPayload>> {
    await delay(300); // What is on its way from the kernel to tcpdump would be lost.
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGINT");
    await exited;
    const file = readFileSync(join(this.#folder, "eth0.pcap"));
    rmSync(this.#folder, { recursive: true });
    return addUp(file, localAddress);
  }
}

/** Ethernet frames of a little-endian pcap file with IPv4 inside; TCP and UDP payload lengths by the IP header. */
function addUp(file: Buffer, localAddress: string): Map<string, SeenPayload> {
  const seen = new Map<string, SeenPayload>();
  for (let offset = 24; offset + 16 <= file.length; ) {
    const captured = file.readUInt32LE(offset + 8);
    const frame = file.subarray(offset + 16, offset + 16 + captured);
    offset += 16 + captured;
    if (frame.readUInt16BE(12) !== 0x0800) continue;
    const ip = frame.subarray(14);
    const protocol = ip[9] === 6 ? "tcp" : ip[9] === 17 ? "udp" : undefined;
    if (protocol === undefined) continue;
    const headerBytes = (ip[0]! & 15) * 4;
    const segment = ip.subarray(headerBytes);
    const transportBytes = protocol === "tcp" ? (segment[12]! >> 4) * 4 : 8;
    const payloadBytes = ip.readUInt16BE(2) - headerBytes - transportBytes;
    const source = `${ip.subarray(12, 16).join(".")}:${segment.readUInt16BE(0)}`;
    const destination = `${ip.subarray(16, 20).join(".")}:${segment.readUInt16BE(2)}`;
    const sent = source.startsWith(`${localAddress}:`);
    const key = sent ? `${protocol} ${source} ${destination}` : `${protocol} ${destination} ${source}`;
    const payload = seen.get(key) ?? { sentBytes: 0, receivedBytes: 0 };
    payload[sent ? "sentBytes" : "receivedBytes"] += payloadBytes;
    seen.set(key, payload);
  }
  return seen;
}
