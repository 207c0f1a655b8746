import type { DnsRows } from "@hopline/flow";
import { parseAddress } from "@hopline/packet";
import { nodeDescriptionSchema, Topology } from "@hopline/topology";
import { describe, expect, it } from "vitest";
import { DnsNamer } from "../src/naming/dns-namer.js";
import { InterfaceDirectory } from "../src/naming/interface-directory.js";

const CLIENT = "10.244.1.5";

/** Interface 7 is a pod's, 2 the uplink, 9 nobody's. */
function namer(): DnsNamer {
  const topology = new Topology({ nowMs: () => 0 });
  topology.update(
    nodeDescriptionSchema.parse({
      links: [
        { ifindex: 2, ifname: "eth0" },
        { ifindex: 7, ifname: "veth7", link_netnsid: 0, linkinfo: { info_kind: "veth" } },
      ],
      addresses: [{ ifindex: 2, ifname: "eth0", addr_info: [{ local: "192.168.0.2", prefixlen: 24 }] }],
      routes: [],
      neighbours: [],
      forwarding: [],
      rules: [],
    }),
  );
  topology.learn("veth7", bytesOf(CLIENT), 0);
  return new DnsNamer({ topology, interfaces: new InterfaceDirectory(topology, true) });
}

function bytesOf(address: string): Uint8Array {
  const bytes = parseAddress(address);
  if (bytes === undefined) throw new Error(address);
  return bytes;
}

function rowsOf(count: number, nameOf: (row: number) => string): DnsRows {
  const each = <Column extends { [row: number]: number }>(column: Column, value: (row: number) => number) => {
    for (let row = 0; row < count; row++) column[row] = value(row);
    return column;
  };
  const addresses = (address: string) => {
    const bytes = new Uint8Array(count * 16);
    for (let row = 0; row < count; row++) bytes.set(bytesOf(address), row * 16);
    return bytes;
  };
  return {
    count,
    windowStarts: new Uint32Array(count).fill(1_795_000_000),
    clientAddresses: addresses(CLIENT),
    serverAddresses: addresses("10.96.0.10"),
    serverPorts: new Uint16Array(count).fill(53),
    protocols: new Uint8Array(count).fill(17),
    interfaceIndexes: each(new Int32Array(count), (row) => [7, 2, 9][row % 3]!),
    directions: each(new Uint8Array(count), (row) => row % 2),
    names: Array.from({ length: count }, (_, row) => nameOf(row)),
    types: new Uint16Array(count).fill(28),
    codes: each(new Uint8Array(count), (row) => row % 4),
    questions: each(new Float64Array(count), (row) => row + 1),
    latencySumUs: each(new Float64Array(count), (row) => row * 10),
    latencyMaxUs: each(new Float64Array(count), (row) => row * 5),
  };
}

describe("DnsNamer", () => {
  it("says of each question by which interface it came, and whose that is", () => {
    const [columns, ...others] = namer().name(rowsOf(3, (row) => `n${row}.example`));
    if (columns === undefined) throw new Error("no batch");
    expect(others).toEqual([]);
    const texts = ({ values, indexes }: typeof columns.name) => [...indexes].map((index) => values[index]);
    expect(texts(columns.interface)).toEqual(["veth7", "eth0", "if9"]);
    expect(texts(columns.role)).toEqual(["pod", "uplink", "unknown"]);
    expect(texts(columns.name)).toEqual(["n0.example", "n1.example", "n2.example"]);
    expect(columns.attached_address.subarray(0, 16)).toEqual(bytesOf(CLIENT));
    expect(columns.attached_address.subarray(16).every((byte) => byte === 0)).toBe(true);
    expect([...columns.questions]).toEqual([1, 2, 3]);
    expect([...columns.code]).toEqual([0, 1, 2]);
  });

  it("cuts batches so that a dictionary holds every name", () => {
    const count = 65_536 + 5;
    const batches = namer().name(rowsOf(count, (row) => `n${row}.example`));
    expect(batches.map((columns) => columns.count)).toEqual([65_536, 5]);
    expect(batches[1]?.name.values).toEqual(
      [65_536, 65_537, 65_538, 65_539, 65_540].map((row) => `n${row}.example`),
    );
    expect([...(batches[1]?.questions ?? [])]).toEqual([65_537, 65_538, 65_539, 65_540, 65_541]);
    expect(batches[1]?.server_address).toHaveLength(5 * 16);
  });

  it("makes no batch of nothing", () => {
    expect(namer().name(rowsOf(0, String))).toEqual([]);
  });
});
