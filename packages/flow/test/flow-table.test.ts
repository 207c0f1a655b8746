import { describe, expect, it } from "vitest";
import { FlowTable } from "../src/flow-table.js";
import { ROW_EVICTED, ROW_FIRST, ROW_LAST } from "../src/row-flags.js";
import { ACK, count, FIN, fromClient, fromServer, RST, START_S, SYN, udp, us } from "./packets.js";
import { rowFrom, rowsOf, sum } from "./rows.js";

const CLIENT = "10.0.0.1";
const SERVER = "10.0.0.2";

describe("what a row says", () => {
  it("has one row for each direction of a connection, each with its own counts", () => {
    const table = new FlowTable({ capacity: 64 });
    count(
      table,
      fromClient({ atMs: 1, flags: ACK, sequence: 100, payloadBytes: 200 }),
      fromServer({ atMs: 2, flags: ACK, sequence: 900, payloadBytes: 1000 }),
      fromServer({ atMs: 3, flags: ACK, sequence: 1900, payloadBytes: 500, vlan: 12 }),
      fromClient({ atMs: 5, flags: ACK, sequence: 300 }),
    );
    const rows = rowsOf(table.flush());
    expect(rows).toHaveLength(2);
    expect(rowFrom(CLIENT, rows)).toMatchObject({
      windowS: 0,
      destination: SERVER,
      sourcePorts: 40000,
      destinationPorts: 80,
      protocols: 6,
      interfaceIndexes: 7,
      directions: 0,
      initiators: 0,
      rowFlags: ROW_FIRST,
      firstUs: us(1),
      lastUs: us(5),
      packets: 2,
      bytes: 280,
      payloadBytes: 200,
      payloadPackets: 1,
      tcpFlags: ACK,
      handshakeUs: -1,
      vnis: -1,
      vlans: 0,
      outerSource: "::",
    });
    expect(rowFrom(SERVER, rows)).toMatchObject({
      destination: CLIENT,
      sourcePorts: 80,
      destinationPorts: 40000,
      directions: 1,
      firstUs: us(2),
      lastUs: us(3),
      packets: 2,
      bytes: 1580,
      payloadBytes: 1500,
      payloadPackets: 2,
      vlans: 0,
    });
  });

  it("keeps IPv6 addresses apart that differ in any word", () => {
    const table = new FlowTable({ capacity: 64 });
    const sources = ["fd00::1", "fd00:0:0:1::1", "fd00::1:0:0:1", "fd01::1"];
    for (const source of sources) count(table, udp({ source, destination: "fd00::2", payloadBytes: 1 }));
    for (const destination of sources)
      count(
        table,
        udp({ source: "fd00::2", destination, sourcePort: 80, destinationPort: 40000, direction: 1 }),
      );
    const rows = rowsOf(table.flush());
    expect(
      rows
        .filter((row) => row.directions === 0)
        .map((row) => row.source)
        .sort(),
    ).toEqual([...sources].sort());
    expect(rows).toHaveLength(8);
    expect(table.counters().entries).toBe(4);
  });

  it("names the tunnel's ends and the VLAN as of the row's first packet", () => {
    const table = new FlowTable({ capacity: 64 });
    count(
      table,
      udp({ vni: 5, outerSource: "192.168.0.1", outerDestination: "192.168.0.2", vlan: 300 }),
      udp({ vni: 5, outerSource: "192.168.0.1", outerDestination: "192.168.0.2", vlan: 300 }),
    );
    expect(rowsOf(table.takeNew(us(1)))).toMatchObject([
      { packets: 2, vnis: 5, outerSource: "192.168.0.1", outerDestination: "192.168.0.2", vlans: 300 },
    ]);
    count(table, udp({}));
    expect(rowsOf(table.flush())).toMatchObject([
      { packets: 1, vnis: -1, outerSource: "::", outerDestination: "::", vlans: 0 },
    ]);
  });

  it("says who began the connection", () => {
    const table = new FlowTable({ capacity: 64 });
    count(table, fromClient({ flags: SYN }), fromServer({ flags: SYN | ACK }));
    count(table, fromServer({ destinationPort: 40001, flags: SYN | ACK }));
    const rows = rowsOf(table.flush());
    expect(rows.map((row) => [row.source, row.initiators])).toEqual([
      [CLIENT, 1],
      [SERVER, 2],
      [SERVER, 2],
    ]);
  });

  it("exports a row before its bytes overflow", () => {
    const table = new FlowTable({ capacity: 64 });
    const packets = 150;
    const bytes = 16_000_000;
    for (let i = 0; i < packets; i++) count(table, udp({ atMs: i, bytes, payloadBytes: bytes - 28 }));
    const rows = rowsOf(table.flush());
    expect(rows.length).toBeGreaterThan(1);
    expect(sum(rows, "bytes")).toBe(packets * bytes);
    expect(sum(rows, "payloadBytes")).toBe(packets * (bytes - 28));
  });
});

describe("phase", () => {
  it("keeps a hairpin's two passages of one interface apart, and each with its reply", () => {
    const table = new FlowTable({ capacity: 64 });
    // A router on a stick: both the flow and its reply come in and go out again by the same interface.
    for (const direction of [0, 1])
      count(table, fromClient({ direction, flags: ACK, sequence: 1, payloadBytes: 10 }));
    for (const direction of [0, 1])
      count(table, fromServer({ direction, flags: ACK, sequence: 1, payloadBytes: 20 }));
    const rows = rowsOf(table.flush());
    expect(
      rows
        .map(({ source, directions, packets, retransmittedPackets }) => [
          source,
          directions,
          packets,
          retransmittedPackets,
        ])
        .sort(),
    ).toEqual([
      [CLIENT, 0, 1, 0],
      [CLIENT, 1, 1, 0],
      [SERVER, 0, 1, 0],
      [SERVER, 1, 1, 0],
    ]);
    expect(table.counters().entries).toBe(2);
  });

  it("takes both directions into one entry where the capture's direction is unknown", () => {
    const table = new FlowTable({ capacity: 64 });
    count(table, fromClient({ direction: 2 }), fromServer({ direction: 2 }));
    expect(rowsOf(table.flush()).map((row) => row.directions)).toEqual([2, 2]);
    expect(table.counters().entries).toBe(1);
  });

  it("keeps interfaces apart", () => {
    const table = new FlowTable({ capacity: 64 });
    count(table, udp({ interfaceIndex: 3 }), udp({ interfaceIndex: 4 }));
    expect(
      rowsOf(table.flush())
        .map((row) => row.interfaceIndexes)
        .sort(),
    ).toEqual([3, 4]);
  });
});

describe("windows", () => {
  it("cuts by packet time, also where the next window's packet comes before the close", () => {
    const table = new FlowTable({ capacity: 64 });
    count(table, udp({ atMs: 9_999, payloadBytes: 1 }), udp({ atMs: 10_000, payloadBytes: 2 }));
    const first = rowsOf(table.closeWindow(us(10_500)));
    expect(first).toMatchObject([
      { windowS: 0, packets: 1, payloadBytes: 1, firstUs: us(9_999), rowFlags: ROW_FIRST },
    ]);
    const second = rowsOf(table.closeWindow(us(20_000)));
    expect(second).toMatchObject([
      { windowS: 10, packets: 1, payloadBytes: 2, firstUs: us(10_000), rowFlags: 0 },
    ]);
    expect(table.closeWindow(us(20_100))).toBeUndefined();
  });

  it("gives a late packet its own window", () => {
    const table = new FlowTable({ capacity: 64 });
    count(table, udp({ atMs: 10_001 }), udp({ atMs: 9_998 }), udp({ atMs: 10_002 }));
    const rows = rowsOf(table.flush());
    expect(rows.map((row) => [row.windowS, row.packets, row.firstUs <= row.lastUs])).toEqual([
      [10, 1, true],
      [0, 1, true],
      [10, 1, true],
    ]);
  });

  it("keeps first and last time in order where packets of a row are not", () => {
    const table = new FlowTable({ capacity: 64 });
    count(table, udp({ atMs: 5 }), udp({ atMs: 3 }), udp({ atMs: 4 }));
    expect(rowsOf(table.flush())).toMatchObject([{ firstUs: us(3), lastUs: us(5), packets: 3 }]);
  });

  it("reports a connection once as new, and its window apart", () => {
    const table = new FlowTable({ capacity: 64 });
    count(table, fromClient({ atMs: 100, flags: SYN, sequence: 1 }));
    expect(rowsOf(table.takeNew(us(500)))).toMatchObject([
      { packets: 1, synPackets: 1, rowFlags: ROW_FIRST },
    ]);
    expect(table.takeNew(us(600))).toBeUndefined();
    count(table, fromServer({ atMs: 700, flags: SYN | ACK, sequence: 1, acknowledgement: 2 }));
    expect(table.takeNew(us(1_000))).toBeUndefined();
    const rows = rowsOf(table.closeWindow(us(10_000)));
    expect(rowFrom(SERVER, rows)).toMatchObject({ packets: 1, rowFlags: ROW_FIRST });
    // Measured for the client's flow by a packet of the server's.
    expect(rowFrom(CLIENT, rows)).toMatchObject({
      packets: 0,
      handshakeUs: 600_000,
      firstUs: us(700),
      windowS: 0,
      rowFlags: 0,
    });
  });
});

describe("ends", () => {
  const closing = [
    fromClient({ atMs: 0, flags: SYN, sequence: 1 }),
    fromServer({ atMs: 1, flags: SYN | ACK, sequence: 1, acknowledgement: 2 }),
    fromClient({ atMs: 2, flags: FIN | ACK, sequence: 2, acknowledgement: 2 }),
    fromServer({ atMs: 3, flags: FIN | ACK, sequence: 2, acknowledgement: 3 }),
    fromClient({ atMs: 4, flags: ACK, sequence: 3, acknowledgement: 3 }),
  ];

  it("ends a closed connection after its stragglers, in the row that holds its counts", () => {
    const table = new FlowTable({ capacity: 64 });
    count(table, ...closing);
    expect(table.closeWindow(us(5_000))).toBeUndefined();
    const rows = rowsOf(table.closeWindow(us(10_000)));
    expect(rows.map((row) => [row.packets, row.finPackets, row.rowFlags])).toEqual([
      [3, 1, ROW_FIRST | ROW_LAST],
      [2, 1, ROW_FIRST | ROW_LAST],
    ]);
    expect(table.counters()).toMatchObject({
      entries: 0,
      created: 1,
      ended: { closed: 1, idle: 0, reopened: 0 },
    });
  });

  it("ends with a row without counts where all was reported before", () => {
    const table = new FlowTable({ capacity: 64 });
    count(table, ...closing);
    expect(rowsOf(table.takeNew(us(400)))).toHaveLength(2);
    const last = rowsOf(table.takeNew(us(5_500)));
    expect(last.map((row) => [row.packets, row.bytes, row.rowFlags, row.lastUs, row.windowS])).toEqual([
      [0, 0, ROW_LAST, us(4), 0],
      [0, 0, ROW_LAST, us(3), 0],
    ]);
  });

  it("ends on RST", () => {
    const table = new FlowTable({ capacity: 64 });
    count(
      table,
      fromClient({ flags: SYN, sequence: 1 }),
      fromServer({ flags: RST | ACK, acknowledgement: 2 }),
    );
    const rows = rowsOf(table.takeNew(us(6_000)));
    expect(rowFrom(SERVER, rows)).toMatchObject({ rstPackets: 1, rowFlags: ROW_FIRST | ROW_LAST });
    expect(rowFrom(CLIENT, rows)).toMatchObject({ handshakeUs: -1, initiators: 1 });
  });

  it("begins anew where a SYN opens the closed tuple again", () => {
    const table = new FlowTable({ capacity: 64 });
    count(table, ...closing, fromClient({ atMs: 50, flags: SYN, sequence: 7777 }));
    const rows = rowsOf(table.flush());
    expect(rows.map((row) => [row.source, row.packets, row.rowFlags])).toEqual([
      [CLIENT, 3, ROW_FIRST | ROW_LAST],
      [SERVER, 2, ROW_FIRST | ROW_LAST],
      [CLIENT, 1, ROW_FIRST],
    ]);
    expect(table.counters()).toMatchObject({ entries: 1, created: 2, ended: { reopened: 1 } });
    // It is not closed any more, whatever the first one was.
    expect(table.closeWindow(us(9_000))).toBeUndefined();
    expect(table.counters().entries).toBe(1);
  });

  it("takes a SYN that is sent again, and a SYN-ACK that overtakes its SYN, for the same connection", () => {
    const table = new FlowTable({ capacity: 64 });
    count(
      table,
      fromServer({ atMs: 0, flags: SYN | ACK, sequence: 500, acknowledgement: 11 }),
      fromClient({ atMs: 1, flags: SYN, sequence: 10 }),
      fromClient({ atMs: 1_000, flags: SYN, sequence: 10 }),
    );
    expect(rowsOf(table.flush())).toHaveLength(2);
    expect(table.counters().created).toBe(1);
  });

  it.each([
    ["UDP", [udp({})], 60_000],
    ["TCP that nobody answered", [fromClient({ flags: SYN, sequence: 1 })], 60_000],
    ["TCP", [fromClient({ flags: ACK, sequence: 1, payloadBytes: 1 })], 600_000],
  ])("ends idle %s", (_, packets, idleMs) => {
    const table = new FlowTable({ capacity: 64 });
    count(table, ...packets);
    expect(rowsOf(table.closeWindow(us(idleMs)))).toMatchObject([{ rowFlags: ROW_FIRST }]);
    expect(table.closeWindow(us(idleMs + 9_000))).toBeUndefined();
    expect(rowsOf(table.closeWindow(us(idleMs + 10_000)))).toMatchObject([
      { rowFlags: ROW_LAST, packets: 0, windowS: 0 },
    ]);
    expect(table.counters()).toMatchObject({ entries: 0, ended: { idle: 1 } });
  });

  it("takes timeouts from its options", () => {
    const table = new FlowTable({
      capacity: 64,
      idleTimeoutMs: 20_000,
      tcpIdleTimeoutMs: 30_000,
      closedLingerMs: 0,
    });
    count(
      table,
      udp({}),
      fromClient({ flags: ACK, payloadBytes: 1 }),
      fromClient({ sourcePort: 1, flags: RST }),
    );
    table.takeNew(us(1));
    expect(table.counters().entries).toBe(2);
    table.closeWindow(us(30_000));
    expect(table.counters().entries).toBe(1);
    table.closeWindow(us(40_000));
    expect(table.counters().entries).toBe(0);
  });

  it("ends by packet time alone: a packet after the timeout begins anew, though nothing looked in between", () => {
    const table = new FlowTable({ capacity: 64 });
    count(table, udp({ atMs: 0 }), udp({ atMs: 75_000 }));
    expect(rowsOf(table.flush()).map((row) => [row.windowS, row.rowFlags])).toEqual([
      [0, ROW_FIRST | ROW_LAST],
      [70, ROW_FIRST],
    ]);
    expect(table.counters().ended.idle).toBe(1);
  });
});

describe("a full table", () => {
  const connection = (sourcePort: number, atMs: number, flags = 0) =>
    fromClient({ sourcePort, atMs, flags, payloadBytes: 1 });

  it("evicts closed connections first, the earliest closed before others, and exports them", () => {
    const table = new FlowTable({ capacity: 3 });
    count(
      table,
      connection(1, 0, RST),
      connection(2, 1, RST),
      connection(3, 2),
      connection(4, 3),
      connection(5, 4),
    );
    const rows = rowsOf(table.flush());
    const evicted = rows.filter((row) => (row.rowFlags & ROW_EVICTED) !== 0);
    expect(evicted.map((row) => [row.sourcePorts, row.packets, row.rowFlags])).toEqual([
      [1, 1, ROW_FIRST | ROW_LAST | ROW_EVICTED],
      [2, 1, ROW_FIRST | ROW_LAST | ROW_EVICTED],
    ]);
    expect(table.counters()).toMatchObject({ entries: 3, created: 5, evicted: { closed: 2, idle: 0 } });
    expect(sum(rows, "packets")).toBe(5);
  });

  it("then the longest idle", () => {
    const table = new FlowTable({ capacity: 3 });
    count(
      table,
      connection(1, 0),
      connection(2, 10_000),
      connection(3, 20_000),
      connection(1, 25_000),
      connection(4, 26_000),
    );
    const evicted = rowsOf(table.flush()).filter((row) => (row.rowFlags & ROW_EVICTED) !== 0);
    expect(evicted.map((row) => row.sourcePorts)).toEqual([2]);
    expect(table.counters().evicted).toEqual({ closed: 0, idle: 1 });
  });

  it("loses nothing when far more connections come than it holds", () => {
    const table = new FlowTable({ capacity: 64 });
    const packets = Array.from({ length: 5_000 }, (_, i) =>
      connection(i % 1_000, i * 3, i % 7 === 0 ? RST : 0),
    );
    count(table, ...packets);
    const rows = rowsOf(table.flush());
    expect(sum(rows, "packets")).toBe(5_000);
    const { created, ended, evicted, entries } = table.counters();
    expect(created - ended.closed - ended.idle - ended.reopened - evicted.closed - evicted.idle).toBe(
      entries,
    );
    expect(entries).toBe(64);
  });
});

it("starts windows at multiples of ten seconds of the clock", () => {
  const table = new FlowTable({ capacity: 64 });
  count(table, udp({ atMs: 3_000 }));
  expect(rowsOf(table.flush())[0]?.windowStarts).toBe(START_S);
  expect(START_S % 10).toBe(0);
});
