import { describe, expect, it } from "vitest";
import { type Bytes, ethernet, ipv4, tcp, udp, vxlan, zeros } from "../../packet/test/frame-builders.js";
import { blockOf, counterOf, type Frame, fragment4, fragment6, frame4, frame6 } from "./frames.js";
import { type Row, rowsOf } from "./rows.js";

const PORTS = { sourcePort: 40000, destinationPort: 9000 };
/** 8 bytes of header, 2,992 of payload. */
const DATAGRAM = udp(PORTS, zeros(2_992));
/** 20 bytes of header, 2,000 of payload from sequence number 1000 on. */
const SEGMENT = tcp({ sequence: 1000 }, zeros(2_000));
const NEXT_SEGMENT = tcp({ sequence: 3000 }, zeros(10));

function after(frames: readonly Frame[]): { rows: Row[]; notCounted: Readonly<Record<string, number>> } {
  const { table, counter } = counterOf();
  counter.countBlock(blockOf(frames));
  const { seen, counted, notCounted } = counter.counters();
  expect(seen).toBe(frames.length);
  expect(counted + Object.values(notCounted).reduce((sum, frames) => sum + frames, 0)).toBe(seen);
  return { rows: rowsOf(table.flush()), notCounted };
}

function udp4(from: number, to: number, more: Partial<Frame> = {}, id = 7): Frame {
  return { bytes: fragment4({ protocol: 17 }, DATAGRAM, { id, from, to }), ...more };
}

function tcp4(from: number, to: number): Frame {
  return { bytes: fragment4({ protocol: 6 }, SEGMENT, { id: 8, from, to }) };
}

describe("fragments of UDP", () => {
  const expected = {
    sourcePorts: 40000,
    destinationPorts: 9000,
    protocols: 17,
    packets: 3,
    payloadPackets: 3,
    payloadBytes: 2_992,
    fragments: 3,
  };

  it("count to their connection, over IPv4", () => {
    const { rows, notCounted } = after([udp4(0, 1480), udp4(1480, 2960), udp4(2960, 3000)]);
    expect(rows).toMatchObject([{ ...expected, bytes: 1500 + 1500 + 60 }]);
    expect(notCounted).toEqual({});
  });

  it("count to their connection, over IPv6", () => {
    const fields = { nextHeader: 17 };
    const { rows } = after(
      [
        [0, 1448],
        [1448, 2896],
        [2896, 3000],
      ].map(([from = 0, to = 0]) => ({ bytes: fragment6(fields, DATAGRAM, { id: 0xdeadbeef, from, to }) })),
    );
    expect(rows).toMatchObject([{ ...expected, bytes: 3 * 48 + 3000, source: "fd00::1:2" }]);
  });

  it("count in any order behind the first one", () => {
    const { rows } = after([udp4(0, 1480), udp4(2960, 3000), udp4(1480, 2960)]);
    expect(rows).toMatchObject([expected]);
  });

  it("that come before the first one are counted as not, by reason", () => {
    const { rows, notCounted } = after([udp4(1480, 2960), udp4(0, 1480), udp4(2960, 3000)]);
    expect(rows).toMatchObject([{ packets: 2, payloadBytes: 1472 + 40, fragments: 2 }]);
    expect(notCounted).toEqual({ fragment: 1 });
  });

  it.each([
    ["identification", {}, 9],
    ["interface", { interfaceIndex: 2 }, 7],
    ["direction", { direction: 1 }, 7],
  ])("of another %s belong to another packet", (_, more, id) => {
    expect(after([udp4(0, 1480), udp4(1480, 2960, more, id)]).notCounted).toEqual({ fragment: 1 });
  });

  it("of other addresses or another protocol belong to another packet", () => {
    const place = { id: 7, from: 1480, to: 3000 };
    const { rows, notCounted } = after([
      udp4(0, 1480),
      { bytes: fragment4({ protocol: 17, source: [10, 244, 1, 9] }, DATAGRAM, place) },
      { bytes: fragment4({ protocol: 17, destination: [10, 244, 2, 9] }, DATAGRAM, place) },
      { bytes: fragment4({ protocol: 6 }, DATAGRAM, place) },
    ]);
    expect(rows).toMatchObject([{ packets: 1 }]);
    expect(notCounted).toEqual({ fragment: 3 });
  });

  it("take the ports of the latest first one that had their identification", () => {
    const other = udp({ sourcePort: 1, destinationPort: 2 }, zeros(2_992));
    const { rows } = after([
      udp4(0, 1480),
      { bytes: fragment4({ protocol: 17 }, other, { id: 7, from: 0, to: 1480 }) },
      udp4(1480, 3000),
    ]);
    expect(rows.map((row) => [row.sourcePorts, row.packets])).toEqual([
      [40000, 1],
      [1, 2],
    ]);
  });

  it("are forgotten 30 s after the first one", () => {
    expect(after([udp4(0, 1480), udp4(1480, 2960, { atMs: 30_000 })]).notCounted).toEqual({});
    expect(after([udp4(0, 1480), udp4(1480, 2960, { atMs: 30_001 })]).notCounted).toEqual({ fragment: 1 });
  });

  it("of more packets at once than the table holds: the oldest give way", () => {
    const ids = Array.from({ length: 4_000 }, (_, i) => i + 1);
    const small = (id: number, from: number, atMs: number): Frame => ({
      bytes: fragment4({ protocol: 17 }, udp(PORTS, zeros(24)), { id, from, to: from + 16 }),
      atMs,
    });
    const firsts = ids.map((id) => small(id, 0, id / 1_000));
    const laters = (some: readonly number[]) => some.map((id) => small(id, 16, 5));
    const { notCounted } = after([...firsts, ...laters(ids)]);
    // 1,024 places, by the hash of each in sets of four.
    expect(notCounted.fragment).toBeGreaterThanOrEqual(4_000 - 1_024);
    expect(notCounted.fragment).toBeLessThan(4_000 - 960);
    expect(after([...firsts, ...laters(ids.slice(-100))]).notCounted).toEqual({});
    expect(after([...firsts, ...laters(ids.slice(0, 100))]).notCounted).toEqual({ fragment: 100 });
  });
});

describe("fragments of TCP", () => {
  const whole = { payloadBytes: 2_010, gapBytes: 0, retransmittedBytes: 0, fragments: 2, packets: 3 };

  it("leave no gap in the stream", () => {
    const { rows } = after([
      tcp4(0, 1000),
      tcp4(1000, 2020),
      { bytes: frame4({ protocol: 6 }, NEXT_SEGMENT) },
    ]);
    expect(rows).toMatchObject([{ ...whole, outOfOrderBytes: 0, zeroWindowPackets: 0, tcpFlags: 0x10 }]);
  });

  it("leave none over IPv6, behind TCP options either", () => {
    const segment = tcp({ sequence: 1000, options: [1, 1, 8, 10, ...zeros(8)] }, zeros(2_000));
    const { rows } = after([
      { bytes: fragment6({ nextHeader: 6 }, segment, { id: 1, from: 0, to: 1000 }) },
      { bytes: fragment6({ nextHeader: 6 }, segment, { id: 1, from: 1000, to: 2032 }) },
      { bytes: frame6({ nextHeader: 6 }, NEXT_SEGMENT) },
    ]);
    expect(rows).toMatchObject([{ ...whole, outOfOrderBytes: 0 }]);
  });

  it("out of order fill their place", () => {
    const { rows } = after([
      tcp4(0, 1000),
      tcp4(1496, 2020),
      tcp4(1000, 1496),
      { bytes: frame4({ protocol: 6 }, NEXT_SEGMENT) },
    ]);
    expect(rows).toMatchObject([
      { payloadBytes: 2_010, gapBytes: 0, outOfOrderBytes: 496, outOfOrderPackets: 1, retransmittedBytes: 0 },
    ]);
  });

  it("leave a gap where one is missing", () => {
    const { rows } = after([tcp4(0, 1000), { bytes: frame4({ protocol: 6 }, NEXT_SEGMENT) }]);
    expect(rows).toMatchObject([{ gapBytes: 1_020, fragments: 1 }]);
  });

  it("that end the stream count no byte twice", () => {
    const last = tcp({ sequence: 1000, flags: 0x11 }, zeros(2_000));
    const again = tcp({ sequence: 3000, flags: 0x11 });
    const { rows } = after([
      { bytes: fragment4({ protocol: 6 }, last, { id: 8, from: 0, to: 1000 }) },
      { bytes: fragment4({ protocol: 6 }, last, { id: 8, from: 1000, to: 2020 }) },
      { bytes: frame4({ protocol: 6 }, again) },
    ]);
    expect(rows).toMatchObject([
      { payloadBytes: 2_000, finPackets: 2, gapBytes: 0, retransmittedBytes: 0, closings: 1 },
    ]);
  });
});

describe("fragments of a tunnel's packets", () => {
  const inner: Bytes = ethernet(
    0x0800,
    ipv4({ protocol: 6, source: [10, 1, 0, 1], destination: [10, 1, 0, 2] }, SEGMENT),
  );
  const outer = udp({ sourcePort: 50000, destinationPort: 4789 }, vxlan(5, inner));
  const next = ethernet(
    0x0800,
    ipv4({ protocol: 6, source: [10, 1, 0, 1], destination: [10, 1, 0, 2] }, NEXT_SEGMENT),
  );
  const nextOuter = udp({ sourcePort: 50000, destinationPort: 4789 }, vxlan(5, next));

  it("are counted by reason, the inner packet whole with the first one", () => {
    const fields = { protocol: 17 };
    const { rows, notCounted } = after([
      { bytes: fragment4(fields, outer, { id: 3, from: 0, to: 1480 }) },
      { bytes: fragment4(fields, outer, { id: 3, from: 1480, to: outer.length }) },
      { bytes: frame4(fields, nextOuter) },
    ]);
    expect(rows).toMatchObject([
      {
        source: "10.1.0.1",
        outerSource: "10.244.1.2",
        vnis: 5,
        encapsulations: 1,
        packets: 2,
        payloadBytes: 2_010,
        gapBytes: 0,
        fragments: 0,
      },
    ]);
    expect(notCounted).toEqual({ tunnel_fragment: 1 });
  });

  it("are told over IPv6 too, and not taken for those of a plain packet", () => {
    const fields = { nextHeader: 17 };
    const { rows, notCounted } = after([
      { bytes: fragment6(fields, outer, { id: 3, from: 0, to: 1480 }) },
      { bytes: fragment6(fields, outer, { id: 3, from: 1480, to: outer.length }) },
      { bytes: fragment6(fields, outer, { id: 4, from: 1480, to: outer.length }) },
    ]);
    expect(rows).toMatchObject([{ packets: 1, payloadBytes: 2_000, outerSource: "fd00::1:2" }]);
    expect(notCounted).toEqual({ tunnel_fragment: 1, fragment: 1 });
  });

  it("that were made inside the tunnel count to the inner connection", () => {
    const tunnelled = (from: number, to: number): Frame => ({
      bytes: frame4(
        { protocol: 17 },
        udp(
          { sourcePort: 50000, destinationPort: 4789 },
          vxlan(5, fragment4({ protocol: 6, source: [10, 1, 0, 1] }, SEGMENT, { id: 4, from, to })),
        ),
      ),
    });
    const { rows, notCounted } = after([tunnelled(0, 1000), tunnelled(1000, 2020)]);
    expect(rows).toMatchObject([
      { source: "10.1.0.1", packets: 2, payloadBytes: 2_000, fragments: 2, vnis: 5 },
    ]);
    expect(notCounted).toEqual({});
  });
});
