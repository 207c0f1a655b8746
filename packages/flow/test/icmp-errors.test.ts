import { describe, expect, it } from "vitest";
import { type Bytes, icmp, ipv4, ipv6, tcp, u16, udp } from "../../packet/test/frame-builders.js";
import { ROW_FIRST } from "../src/row-flags.js";
import { blockOf, counterOf, type Frame, frame4, frame6 } from "./frames.js";
import { us } from "./packets.js";
import { type Row, rowsOf } from "./rows.js";

const POD: Bytes = [10, 244, 1, 2];
const SERVER: Bytes = [10, 244, 2, 3];
const SERVICE: Bytes = [10, 96, 0, 10];
const ROUTER: Bytes = [10, 0, 0, 9];
const PORTS = { sourcePort: 40000, destinationPort: 9000 };

function datagram(more: Partial<Frame> = {}, destination = SERVER, source = POD): Frame {
  return { bytes: frame4({ protocol: 17, source, destination }, udp(PORTS, [1])), ...more };
}

/** An error from the router that quotes a datagram from `source` to `destination`. */
function errorAbout(
  more: Partial<Frame> = {},
  { destination = SERVER, source = POD, type = 3, code = 3, mtu = 0 } = {},
): Frame {
  const quoted = ipv4({ protocol: 17, source, destination }, udp(PORTS, [1]));
  const message = [type, code, 0, 0, 0, 0, ...u16(mtu), ...quoted];
  return {
    bytes: frame4({ protocol: 1, source: ROUTER, destination: source }, message),
    direction: 1,
    ...more,
  };
}

function after(...frames: readonly Frame[]) {
  const { table, counter } = counterOf();
  counter.countBlock(blockOf(frames));
  const rows = rowsOf(table.flush());
  return {
    udp: rows.filter((row) => row.protocols === 17),
    icmp: rows.filter((row) => row.protocols === 1 || row.protocols === 58),
    icmpErrors: table.counters().icmpErrors,
  };
}

describe("ICMP errors", () => {
  it("stand in the row of the flow that they quote, with who sent the last one and what it says", () => {
    const { udp, icmp, icmpErrors } = after(
      datagram(),
      errorAbout({}, { code: 1 }),
      errorAbout({}, { code: 4, mtu: 1400 }),
    );
    expect(udp).toMatchObject([
      {
        source: "10.244.1.2",
        packets: 1,
        icmpErrors: 2,
        icmpErrorTypes: 3,
        icmpErrorCodes: 4,
        icmpErrorMtus: 1400,
        icmpErrorSource: "10.0.0.9",
      },
    ]);
    // They are packets of their own, too.
    expect(icmp.map((row) => [row.source, row.destinationPorts, row.packets, row.icmpErrors])).toEqual([
      ["10.0.0.9", 0x0301, 1, 0],
      ["10.0.0.9", 0x0304, 1, 0],
    ]);
    expect(icmpErrors).toEqual({ matched: 2, unmatched: 0 });
  });

  it.each([
    ["ingress, lesser address", 0, POD, SERVER],
    ["egress, lesser address", 1, POD, SERVER],
    ["ingress, greater address", 0, SERVER, POD],
    ["egress, greater address", 1, SERVER, POD],
  ])("find the flow in either phase: %s", (_, direction, source, destination) => {
    const { udp, icmpErrors } = after(
      datagram({ direction }, destination, source),
      errorAbout({ direction: 1 - direction }, { destination, source }),
    );
    expect(udp).toMatchObject([{ directions: direction, packets: 1, icmpErrors: 1 }]);
    expect(icmpErrors).toEqual({ matched: 1, unmatched: 0 });
  });

  it("find it where the capture's direction is unknown", () => {
    const { udp } = after(datagram({ direction: 2 }), errorAbout({ direction: 2 }));
    expect(udp).toMatchObject([{ directions: 2, packets: 1, icmpErrors: 1 }]);
  });

  it("stand with the flow, not with its reply", () => {
    const reply: Frame = {
      bytes: frame4(
        { protocol: 17, source: SERVER, destination: POD },
        udp({ sourcePort: 9000, destinationPort: 40000 }, [1]),
      ),
      direction: 1,
    };
    const { udp: rows } = after(datagram(), reply, errorAbout());
    expect(rows.map((row) => [row.source, row.icmpErrors])).toEqual([
      ["10.244.1.2", 1],
      ["10.244.2.3", 0],
    ]);
  });

  it("quote the tuple as it is at each interface, before and after translation", () => {
    const { udp, icmpErrors } = after(
      datagram({ interfaceIndex: 1 }, SERVICE),
      datagram({ interfaceIndex: 2, direction: 1 }, SERVER),
      errorAbout({ interfaceIndex: 2, direction: 0 }, { destination: SERVER }),
      errorAbout({ interfaceIndex: 1, direction: 1 }, { destination: SERVICE }),
    );
    expect(udp.map((row) => [row.interfaceIndexes, row.destination, row.icmpErrors])).toEqual([
      [1, "10.96.0.10", 1],
      [2, "10.244.2.3", 1],
    ]);
    expect(icmpErrors).toEqual({ matched: 2, unmatched: 0 });
  });

  it.each([
    ["another interface", errorAbout({ interfaceIndex: 3 })],
    ["the way of the flow itself", errorAbout({ direction: 0 })],
    ["another tuple", errorAbout({}, { destination: SERVICE })],
  ])("of %s are counted as unmatched", (_, error) => {
    const { udp, icmp, icmpErrors } = after(datagram(), error);
    expect(udp).toMatchObject([{ icmpErrors: 0, icmpErrorSource: "::" }]);
    expect(icmp).toHaveLength(1);
    expect(icmpErrors).toEqual({ matched: 0, unmatched: 1 });
  });

  it("that quote no ports are unmatched", () => {
    const laterFragment = ipv4(
      { protocol: 17, fragment: 0x00b9, source: POD, destination: SERVER },
      udp(PORTS, [1]),
    );
    const { icmpErrors } = after(datagram(), {
      bytes: frame4({ protocol: 1, source: ROUTER }, icmp(11, 1, 0, laterFragment)),
      direction: 1,
    });
    expect(icmpErrors).toEqual({ matched: 0, unmatched: 1 });
  });

  it("tie to TCP over IPv6", () => {
    const segment = ipv6({ nextHeader: 6 }, tcp({ flags: 2 }));
    const { table, counter } = counterOf();
    counter.countBlock(
      blockOf([
        { bytes: frame6({ nextHeader: 6 }, tcp({ flags: 2 })) },
        { bytes: frame6({ nextHeader: 58 }, [2, 0, 0, 0, 0, 0, ...u16(1280), ...segment]), direction: 1 },
      ]),
    );
    expect(rowsOf(table.flush()).filter((row) => row.protocols === 6)).toMatchObject([
      {
        synPackets: 1,
        icmpErrors: 1,
        icmpErrorTypes: 2,
        icmpErrorCodes: 0,
        icmpErrorMtus: 1280,
        icmpErrorSource: "fd00::1:2",
      },
    ]);
  });
});

describe("an ICMP error in a window in which its flow had no packet", () => {
  const facts = (row: Row) => [row.windowS, row.packets, row.icmpErrors, row.firstUs, row.lastUs];

  it("has a row in its own window, at its own time", () => {
    const { udp } = after(datagram({ atMs: 9_900 }), errorAbout({ atMs: 10_100 }));
    expect(udp.map(facts)).toEqual([
      [0, 1, 0, us(9_900), us(9_900)],
      [10, 0, 1, us(10_100), us(10_100)],
    ]);
  });

  it("has it where the reply's last packet was in yet another window", () => {
    const reply: Frame = {
      bytes: frame4(
        { protocol: 17, source: SERVER, destination: POD },
        udp({ sourcePort: 9000, destinationPort: 40000 }, [1]),
      ),
      direction: 1,
      atMs: 12_000,
    };
    const { udp: rows } = after(datagram({ atMs: 9_900 }), reply, errorAbout({ atMs: 23_000 }));
    expect(rows.map(facts)).toEqual([
      [0, 1, 0, us(9_900), us(9_900)],
      [10, 1, 0, us(12_000), us(12_000)],
      [20, 0, 1, us(23_000), us(23_000)],
    ]);
  });

  it("has it where only the reply was ever seen, and ends with it", () => {
    const { table, counter } = counterOf();
    const reply: Frame = {
      bytes: frame4(
        { protocol: 17, source: SERVER, destination: POD },
        udp({ sourcePort: 9000, destinationPort: 40000 }, [1]),
      ),
      direction: 1,
      atMs: 1_000,
    };
    counter.countBlock(blockOf([reply, errorAbout({ atMs: 11_000 })]));
    const first = rowsOf(table.closeWindow(us(20_000))).filter((row) => row.protocols === 17);
    expect(first.map((row) => [row.source, row.rowFlags, ...facts(row)])).toEqual([
      ["10.244.2.3", ROW_FIRST, 0, 1, 0, us(1_000), us(1_000)],
      ["10.244.1.2", ROW_FIRST, 10, 0, 1, us(11_000), us(11_000)],
    ]);
    const last = rowsOf(table.closeWindow(us(90_000))).filter((row) => row.protocols === 17);
    expect(last.map((row) => [row.packets, row.windowS])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("is unmatched where the flow had idled out by then, swept or not", () => {
    const { udp, icmpErrors } = after(datagram({ atMs: 0 }), errorAbout({ atMs: 75_000 }));
    expect(udp.map(facts)).toEqual([[0, 1, 0, us(0), us(0)]]);
    expect(icmpErrors).toEqual({ matched: 0, unmatched: 1 });
  });
});

describe("ICMP echo", () => {
  const echo = (type: number, id: number, more: Partial<Frame> = {}): Frame => ({
    bytes: frame4(
      type === 8
        ? { protocol: 1, source: POD, destination: SERVER }
        : { protocol: 1, source: SERVER, destination: POD },
      icmp(type, 0, id, [1, 2]),
    ),
    direction: type === 8 ? 0 : 1,
    ...more,
  });

  it("is a connection for each identifier, with its reply", () => {
    const { icmp } = after(echo(8, 77), echo(0, 77), echo(8, 77), echo(8, 78));
    expect(
      icmp.map((row) => [row.source, row.sourcePorts, row.destinationPorts, row.packets, row.payloadBytes]),
    ).toEqual([
      ["10.244.1.2", 77, 77, 2, 4],
      ["10.244.2.3", 77, 77, 1, 2],
      ["10.244.1.2", 78, 78, 1, 2],
    ]);
  });

  it("is found by an error that quotes it", () => {
    const quoted = ipv4({ protocol: 1, source: POD, destination: SERVER }, icmp(8, 0, 77));
    const { icmp: rows, icmpErrors } = after(echo(8, 77), {
      bytes: frame4({ protocol: 1, source: ROUTER, destination: POD }, icmp(11, 0, 0, quoted)),
      direction: 1,
    });
    expect(rows[0]).toMatchObject({ sourcePorts: 77, icmpErrors: 1, icmpErrorTypes: 11, icmpErrorCodes: 0 });
    expect(icmpErrors).toEqual({ matched: 1, unmatched: 0 });
  });
});
