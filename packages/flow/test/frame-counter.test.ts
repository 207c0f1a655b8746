import { STATUS_NAMES } from "@hopline/packet";
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
import { answer, question } from "./dns-messages.js";
import { blockOf, counterOf, fragment4, fragment6 } from "./frames.js";
import { START_S } from "./packets.js";
import { rowsOf, sum } from "./rows.js";

const DATA = ethernet(0x0800, ipv4({ protocol: 6 }, tcp({ sequence: 1 }, zeros(30))));
const ARP = ethernet(0x0806, zeros(46));
const SEGMENT = tcp({ sequence: 31 }, zeros(40));
const TUNNELLED = udp({ destinationPort: 4789 }, vxlan(1, DATA));

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
      dns: { questions: 0, answers: 0, unanswered: 0, unasked: 0, displaced: 0, truncated: 0, bad: 0 },
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
    // Fragments: of TCP, of a tunnel, and of a packet whose first one is not here.
    fragment4({ protocol: 6 }, SEGMENT, { id: 1, from: 0, to: 40 }),
    fragment4({ protocol: 6 }, SEGMENT, { id: 1, from: 40, to: 60 }),
    fragment4({ protocol: 17 }, TUNNELLED, { id: 2, from: 0, to: 80 }),
    fragment4({ protocol: 17 }, TUNNELLED, { id: 2, from: 80, to: TUNNELLED.length }),
    fragment6({ nextHeader: 17 }, udp({}, zeros(40)), { id: 3, from: 24, to: 48 }),
    // What quotes the segment of DATA, the other way round too.
    ethernet(0x0800, ipv4({ protocol: 1 }, icmp(3, 4, 0, ipv4({ protocol: 6 }, tcp())))),
    ethernet(0x0800, ipv4({ protocol: 132 }, [...zeros(12), 1, 0, 0, 20, ...zeros(16), 6, 0, 0, 4])),
    ...[question(), answer(), question({ overTcp: true }), answer({ code: 3 })].map((frame) => [
      ...frame.bytes,
    ]),
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
      const rows = rowsOf(table.flush());
      expect(sum(rows, "packets")).toBe(counted);
      expect(sum(rows, "icmpErrors")).toBe(table.counters().icmpErrors.matched);
      for (const row of rows) {
        expect(row.firstUs).toBeLessThanOrEqual(row.lastUs);
        expect(Math.floor(row.firstUs / 1e7) * 10).toBe(row.windowStarts);
        expect(Math.floor(row.lastUs / 1e7) * 10).toBe(row.windowStarts);
      }
      let inDnsRows = 0;
      for (let dns = counter.flushDns(); dns !== undefined; dns = counter.flushDns())
        inDnsRows += dns.questions.reduce((total, questions) => total + questions, 0);
      const { questions, answers, unanswered, unasked, displaced } = counter.counters().dns;
      expect(inDnsRows).toBe(answers - unasked + unanswered);
      expect(questions).toBeGreaterThanOrEqual(answers - unasked + unanswered + displaced);
    }),
    { numRuns: 400 },
  );
});
