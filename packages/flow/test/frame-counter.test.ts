import { FrameDecoder, STATUS_NAMES } from "@hopline/packet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Bytes,
  ethernet,
  icmp,
  ipv4,
  ipv6,
  tcp,
  udp,
  vxlan,
  zeros,
} from "../../packet/test/frame-builders.js";
import { FlowTable } from "../src/flow-table.js";
import { type FrameColumns, FrameCounter } from "../src/frame-counter.js";
import { START_S } from "./packets.js";
import { rowsOf, sum } from "./rows.js";

interface Frame {
  bytes: Bytes | Uint8Array;
  atMs?: number;
  interfaceIndex?: number;
  direction?: number;
  vlanTag?: number;
  wireLength?: number;
}

/** Frames one after another in a buffer of exactly their size. */
function blockOf(frames: readonly Frame[]): FrameColumns {
  const bytes = Uint8Array.from(frames.flatMap((frame) => [...frame.bytes]));
  let end = 0;
  return {
    view: new DataView(bytes.buffer),
    count: frames.length,
    offsets: Uint32Array.from(frames, (frame) => {
      end += frame.bytes.length;
      return end - frame.bytes.length;
    }),
    capturedLengths: Uint32Array.from(frames, (frame) => frame.bytes.length),
    wireLengths: Uint32Array.from(frames, (frame) => frame.wireLength ?? frame.bytes.length),
    timesUs: Float64Array.from(frames, (frame) => START_S * 1e6 + (frame.atMs ?? 0) * 1e3),
    interfaceIndexes: Int32Array.from(frames, (frame) => frame.interfaceIndex ?? 1),
    directions: Uint8Array.from(frames, (frame) => frame.direction ?? 0),
    vlanTags: Int32Array.from(frames, (frame) => frame.vlanTag ?? -1),
    linkType: 1,
  };
}

function counterOf(capacity = 1_024) {
  const table = new FlowTable({ capacity });
  return { table, counter: new FrameCounter({ decoder: new FrameDecoder(), table }) };
}

const DATA = ethernet(0x0800, ipv4({ protocol: 6 }, tcp({ sequence: 1 }, zeros(30))));
const ARP = ethernet(0x0806, zeros(46));

describe("frame counter", () => {
  it("counts frames into flows with all that the block says of them", () => {
    const { table, counter } = counterOf();
    const inner = ethernet(0x0800, ipv4({ protocol: 17 }, udp({}, zeros(12))));
    const tunnelled = ethernet(
      0x0800,
      ipv4({ protocol: 17 }, udp({ destinationPort: 8472 }, vxlan(9, inner))),
    );
    counter.countBlock(
      blockOf([
        { bytes: DATA, atMs: 3, interfaceIndex: 5, vlanTag: 20 },
        { bytes: tunnelled, atMs: 2, direction: 1 },
      ]),
    );
    expect(counter.latestUs).toBe(START_S * 1e6 + 3_000);
    expect(rowsOf(table.flush())).toMatchObject([
      {
        source: "10.244.1.2",
        interfaceIndexes: 5,
        directions: 0,
        vlans: 20,
        payloadBytes: 30,
        firstUs: START_S * 1e6 + 3_000,
      },
      { protocols: 17, interfaceIndexes: 1, directions: 1, vnis: 9, outerSource: "10.244.1.2", bytes: 40 },
    ]);
  });

  it("keeps the order of frames over the edges of blocks", () => {
    const { table, counter } = counterOf();
    const frames = Array.from({ length: 1_000 }, (_, i) => ({
      bytes: ethernet(0x0800, ipv4({ protocol: 6 }, tcp({ sequence: 1 + i * 10 }, zeros(10)))),
      atMs: i,
    }));
    for (let at = 0; at < frames.length; at += 77) counter.countBlock(blockOf(frames.slice(at, at + 77)));
    expect(rowsOf(table.flush())).toMatchObject([
      { packets: 1_000, payloadBytes: 10_000, retransmittedBytes: 0, gapBytes: 0 },
    ]);
  });

  it("counts what it does not count by reason", () => {
    const { counter } = counterOf();
    counter.countBlock(
      blockOf([
        { bytes: DATA },
        { bytes: ARP },
        { bytes: ARP },
        { bytes: DATA.slice(0, 20), wireLength: 84 },
      ]),
    );
    expect(counter.counters()).toEqual({
      seen: 4,
      counted: 1,
      ignored: 0,
      notCounted: { arp: 2, truncated_ipv4: 1 },
    });
  });

  it("leaves out interfaces that are not wanted", () => {
    const { table, counter } = counterOf();
    const ignored = new Uint8Array(6);
    ignored[5] = 1;
    counter.ignoreInterfaces(ignored);
    counter.countBlock(blockOf([4, 5, 5, 6, -1].map((interfaceIndex) => ({ bytes: DATA, interfaceIndex }))));
    expect(counter.counters()).toMatchObject({ seen: 5, counted: 3, ignored: 2 });
    counter.ignoreInterfaces(new Uint8Array(0));
    counter.countBlock(blockOf([{ bytes: DATA, interfaceIndex: 5 }]));
    expect(counter.counters()).toMatchObject({ seen: 6, counted: 4, ignored: 2 });
    expect(
      rowsOf(table.flush())
        .map((row) => row.interfaceIndexes)
        .sort((a, b) => a - b),
    ).toEqual([-1, 4, 5, 6]);
  });

  it("survives lengths that no frame has", () => {
    const { counter } = counterOf();
    counter.countBlock(
      blockOf([
        { bytes: DATA, wireLength: 0xffffffff },
        { bytes: DATA, wireLength: 0 },
      ]),
    );
    expect(counter.counters()).toMatchObject({ seen: 2, counted: 2 });
  });
});

it("sum law: every frame is counted in a flow, ignored, or counted by reason, and rows hold what is counted", () => {
  const sound: readonly Bytes[] = [
    DATA,
    ARP,
    ethernet(0x0800, ipv4({ protocol: 1 }, icmp(8, 0, 5, zeros(8)))),
    ethernet(0x86dd, ipv6({ nextHeader: 17 }, udp({}, zeros(3)))),
    ethernet(0x0800, ipv4({ protocol: 17 }, udp({ destinationPort: 4789 }, vxlan(1, DATA)))),
  ];
  const damaged = fc
    .tuple(
      fc.constantFrom(...sound),
      fc.array(fc.tuple(fc.nat(90), fc.nat(255)), { maxLength: 3 }),
      fc.nat(200),
    )
    .map(([frame, changes, cut]) => {
      const bytes = Uint8Array.from(frame);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      return bytes.slice(0, cut);
    });
  const frame = fc.record({
    bytes: fc.oneof(damaged, fc.uint8Array({ maxLength: 80 })),
    interfaceIndex: fc.nat(3),
    direction: fc.nat(2),
    atMs: fc.nat(40_000),
    wireLength: fc.nat(300),
  });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 120 }), (frames) => {
      const { table, counter } = counterOf(16);
      counter.ignoreInterfaces(Uint8Array.of(0, 0, 1));
      counter.countBlock(blockOf(frames));
      const { seen, counted, ignored, notCounted } = counter.counters();
      const byReason = Object.values(notCounted).reduce((total, reason) => total + reason, 0);
      expect(seen).toBe(frames.length);
      expect(counted + ignored + byReason).toBe(seen);
      for (const reason of Object.keys(notCounted)) expect(STATUS_NAMES).toContain(reason);
      expect(sum(rowsOf(table.flush()), "packets")).toBe(counted);
    }),
    { numRuns: 400 },
  );
});

it("allocates nothing for a packet", () => {
  const { counter } = counterOf();
  const frames = Array.from({ length: 1_000 }, (_, i): Frame => {
    const port = 1_024 + (i % 100);
    const inner = ethernet(
      0x0800,
      ipv4({ protocol: 6 }, tcp({ sourcePort: port, sequence: i * 7, acknowledgement: i }, zeros(20))),
    );
    return {
      bytes:
        i % 2 === 0
          ? inner
          : ethernet(0x0800, ipv4({ protocol: 17 }, udp({ destinationPort: 4789 }, vxlan(1, inner)))),
      atMs: i,
    };
  });
  const block = blockOf(frames);
  const blocksPerSlice = 200;
  const growth: number[] = [];
  for (let slice = 0; slice < 15; slice++) {
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < blocksPerSlice; i++) counter.countBlock(block);
    growth.push(process.memoryUsage().heapUsed - before);
  }
  expect(counter.counters().counted).toBe(15 * blocksPerSlice * frames.length);
  // Of three million packets; the first slices run before the code is compiled. One boxed number a packet would be
  // 16 bytes; a collection within a slice makes it look smaller, which the median leaves out.
  const settled = growth.slice(5).sort((a, b) => a - b);
  const bytesPerPacket = (settled[5] ?? Number.NaN) / (blocksPerSlice * frames.length);
  expect(bytesPerPacket).toBeLessThan(0.5);
});
