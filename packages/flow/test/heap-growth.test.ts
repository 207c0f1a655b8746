import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import {
  type Bytes,
  ethernet,
  icmp,
  ipv4,
  ipv6,
  tcp,
  u16,
  u32,
  udp,
  vxlan,
  zeros,
} from "../../packet/test/frame-builders.js";
import { answer, question } from "./dns-messages.js";
import { blockOf, type Frame, fragment4, frame4, frame6 } from "./frames.js";

const PACKETS = 10_000_000;
const CONNECTIONS = 500;
/** Of each connection in each round: two segments of half as much. */
const ADVANCE_BYTES = 200;
const ROUND_US = 1e6;

const CLIENT: Bytes = [10, 1, 0, 1];
const SERVER: Bytes = [10, 1, 0, 2];

/** A frame, and where in it numbers stand that grow by what the stream advances. */
interface StreamFrame extends Frame {
  advancing: readonly number[];
}

const still = (frame: Frame): StreamFrame => ({ ...frame, advancing: [] });
const timestamps = (value: number, echo: number): Bytes => [1, 1, 8, 10, ...u32(value), ...u32(echo)];

/** Offsets of sequence and acknowledgement number, and of both timestamps behind two no-operations. */
const TCP_NUMBERS = [4, 8, 24, 28];

/** Two segments with timestamps and their acknowledgement, plain or in a tunnel. */
function exchange(port: number, isTunnelled: boolean): StreamFrame[] {
  const wrap = (isReply: boolean, segment: Bytes): StreamFrame => {
    const addresses = isReply
      ? { source: SERVER, destination: CLIENT }
      : { source: CLIENT, destination: SERVER };
    const plain = ethernet(0x0800, ipv4({ protocol: 6, ...addresses }, segment));
    const bytes = isTunnelled
      ? frame4({ protocol: 17 }, udp({ sourcePort: 50_000, destinationPort: 4789 }, vxlan(7, plain)))
      : plain;
    const tcpAt = bytes.length - segment.length;
    return {
      bytes,
      direction: isReply ? 1 : 0,
      interfaceIndex: isTunnelled ? 2 : 1,
      advancing: TCP_NUMBERS.map((at) => tcpAt + at),
    };
  };
  const client = { sourcePort: port, destinationPort: 80 };
  const server = { sourcePort: 80, destinationPort: port };
  return [
    wrap(false, tcp({ ...client, sequence: 0xfff00000, options: timestamps(9, 5) }, zeros(100))),
    wrap(false, tcp({ ...client, sequence: 0xfff00064, options: timestamps(9, 5) }, zeros(100))),
    wrap(true, tcp({ ...server, acknowledgement: 0xfff000c8, options: timestamps(5, 9) })),
  ];
}

function allKinds(): StreamFrame[] {
  const datagram = udp({ sourcePort: 40_000, destinationPort: 9_000 }, zeros(200));
  const quoted = ipv4({ protocol: 17 }, datagram.slice(0, 8));
  const sctpInit = [...u16(4_000), ...u16(5_000), ...zeros(8), 1, 0, ...u16(20), ...zeros(16)];
  const rare = (i: number): Frame[] => [
    { bytes: frame4({ protocol: 17 }, udp({ sourcePort: 40_000 + i, destinationPort: 9_000 }, zeros(50))) },
    { bytes: frame6({ nextHeader: 17 }, udp({ sourcePort: 40_000 + i, destinationPort: 9_000 }, zeros(50))) },
    { bytes: fragment4({ protocol: 17 }, datagram, { id: 100 + i, from: 0, to: 104 }) },
    { bytes: fragment4({ protocol: 17 }, datagram, { id: 100 + i, from: 104, to: 208 }) },
    question({ id: i, port: 30_000 + i, name: `service-${i}.example` }),
    answer({ id: i, port: 30_000 + i, name: `service-${i}.example`, code: i % 4 }),
    { bytes: frame4({ protocol: 1 }, icmp(3, 1, 0, quoted)), direction: 1 },
    { bytes: frame4({ protocol: 1 }, icmp(8, 0, i)) },
    { bytes: frame4({ protocol: 132 }, sctpInit) },
    {
      bytes: ethernet(0x0800, ipv4({ protocol: 6 }, tcp({ sequence: 0xf0000000 }, zeros(3_000)))),
      gsoSize: 1_000,
    },
    { bytes: ethernet(0x86dd, ipv6({ nextHeader: 44 }, [17, 0, 0, 9, ...u32(i), ...zeros(8)])) },
    { bytes: ethernet(0x0806, zeros(46)) },
  ];
  return Array.from({ length: CONNECTIONS }, (_, i) => [
    ...exchange(10_000 + i, false),
    ...exchange(10_000 + i, true),
    ...(i % 5 === 0 ? rare(i).map(still) : []),
  ]).flat();
}

it("hot loops allocate nothing: ten million packets of all kinds, with windows closing and rows recycled", () => {
  const frames = allKinds();
  const block = blockOf(frames.map((frame, i) => ({ ...frame, atMs: i / 10 })));
  const order = {
    block: {
      bytes: Buffer.from(block.view.buffer).toString("base64"),
      offsets: [...block.offsets],
      lengths: [...block.capturedLengths],
      timesUs: [...block.timesUs],
      interfaceIndexes: [...block.interfaceIndexes],
      directions: [...block.directions],
      gsoSizes: [...block.gsoSizes],
    },
    advancing: frames.flatMap((frame, i) => frame.advancing.map((at) => (block.offsets[i] ?? 0) + at)),
    advanceBytes: ADVANCE_BYTES,
    packets: PACKETS,
    warmUpPackets: PACKETS / 10,
    roundUs: ROUND_US,
  };
  const child = fileURLToPath(new URL("heap-growth-child.mjs", import.meta.url));
  // A large young generation: a collection in the middle of a round would hide what the round allocated.
  const flags = ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64"];
  const result = JSON.parse(
    execFileSync(process.execPath, [...flags, child], { input: JSON.stringify(order), encoding: "utf8" }),
  );

  expect(result.seen).toBeGreaterThanOrEqual(PACKETS * 1.1);
  const byReason = Object.values<number>(result.notCounted).reduce((sum, reason) => sum + reason, 0);
  expect(result.counted + byReason).toBe(result.seen);
  expect(Object.keys(result.notCounted).sort()).toEqual(["arp", "fragment"]);
  // All of it was really done: rows of each window, pairs of DNS, errors that found their flow.
  expect(result.rows).toBeGreaterThan(CONNECTIONS * 4 * 200);
  expect(result.dnsRows).toBeGreaterThan(10_000);
  expect(result.table.icmpErrors.matched).toBeGreaterThan(100_000);
  expect(result.table.holesForgotten).toBe(0);

  // One boxed number a packet would be 12 bytes; each quarter of a megabyte of frames takes a view and a call, of some 800.
  expect(result.allocated / PACKETS).toBeLessThan(2);
  expect(result.heapGrowth).toBeLessThan(1_000_000);
  // One window's rows may be there or not; were each window's kept, it would be more than 100 MB.
  expect(result.arrayBufferGrowth).toBeLessThan(8_000_000);
}, 60_000);
