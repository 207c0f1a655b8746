import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DropColumns } from "@hopline/batch";
import { readNflogFrame } from "@hopline/capture";
import { TranslationTable } from "@hopline/conntrack";
import { nodeDescriptionSchema, Topology } from "@hopline/topology";
import { afterAll, expect, it } from "vitest";
import { DropMemory } from "../src/drops/drop-memory.js";
import { DropRecorder } from "../src/drops/drop-recorder.js";
import { RecordedDrops } from "../src/drops/recorded-drops.js";
import { textAt } from "../src/drops/rejection-columns.js";
import { InterfaceDirectory } from "../src/naming/interface-directory.js";
import { bytesOf } from "./frames.js";

const folder = mkdtempSync(join(tmpdir(), "hopline-drops-"));
afterAll(() => rmSync(folder, { recursive: true }));

const T0 = 1_795_000_003_000_000;
const HOUR_US = 3_600_000_000;
const SYN = 0x02;
const PREFIX = "hopline-deny:in:data/database";

/** An attribute of netlink: length and type in the machine's byte order, value, padded to 4 bytes. */
function attribute(type: number, value: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc((4 + value.length + 3) & ~3);
  bytes.writeUInt16LE(4 + value.length, 0);
  bytes.writeUInt16LE(type, 2);
  bytes.set(value, 4);
  return bytes;
}

/** A SYN that a rule has logged: group 100, in by interface 7 (linux/netfilter/nfnetlink_log.h). */
function loggedSyn(port: number): Uint8Array {
  const frame = bytesOf({
    ...{ source: `10.244.1.5:${port}`, destination: "10.244.1.7:5432", tcpFlags: SYN, timeUs: 0 },
  });
  return Buffer.concat([
    Uint8Array.of(2, 0, 0, 100),
    attribute(4, Uint8Array.of(0, 0, 0, 7)),
    attribute(10, Buffer.from(`${PREFIX}\0`)),
    attribute(9, frame.subarray(14)),
  ]);
}

function replay(path: string) {
  const translations = new TranslationTable();
  const topology = new Topology({ nowMs: () => T0 / 1000 });
  topology.update(
    nodeDescriptionSchema.parse({
      links: [{ ifindex: 7, ifname: "veth7", link_netnsid: 0, linkinfo: { info_kind: "veth" } }],
      ...{ addresses: [], routes: [], neighbours: [], forwarding: [], rules: [] },
    }),
  );
  const rows: string[] = [];
  const drops = new RecordedDrops({
    ...{ path, translations, memory: new DropMemory(translations) },
    interfaces: new InterfaceDirectory(topology, true),
    onRows: (columns) => rows.push(...textsOf(columns)),
  });
  return { drops, rows };
}

function textsOf(columns: DropColumns): string[] {
  return Array.from({ length: columns.count }, (_, row) =>
    [
      (columns.dropped_us[row]! - T0 - HOUR_US) / 1e6,
      textAt(columns.source, row),
      columns.group[row],
      textAt(columns.prefix, row),
      textAt(columns.in_interface, row),
      columns.client_port[row],
      columns.packets[row],
    ].join(" "),
  );
}

it("what rules logged is recorded, and comes again as rows when its time has come", () => {
  const path = join(folder, "node1.nflog.pcapng");
  const recorder = new DropRecorder(path);
  recorder.start();
  for (const [seconds, port] of [
    [0, 40_000],
    [0.2, 40_000],
    [1.5, 40_001],
    [60, 40_002],
  ] as const)
    recorder.record(readNflogFrame(loggedSyn(port))!, T0 + seconds * 1e6);
  recorder.close();
  const { drops, rows } = replay(path);
  drops.start(HOUR_US);
  drops.readUntil(T0 + HOUR_US - 1);
  expect(rows).toEqual([]);
  drops.readUntil(T0 + HOUR_US + 10e6);
  expect(rows).toEqual([`0 nflog 100 ${PREFIX} veth7 40000 2`, `1.5 nflog 100 ${PREFIX} veth7 40001 1`]);
  drops.readUntil(Number.POSITIVE_INFINITY);
  drops.readUntil(Number.POSITIVE_INFINITY);
  drops.close();
  expect(rows.slice(2)).toEqual([`60 nflog 100 ${PREFIX} veth7 40002 1`]);
  expect(drops.counters).toMatchObject({ evidence: { nflog: 4 }, notDecoded: 0, rateLimited: 0 });
});

it("a file of other frames is named", () => {
  const path = join(folder, "other.pcap");
  const header = Uint32Array.of(0xa1b2c3d4, 2 | (4 << 16), 0, 0, 65_535, 1);
  writeFileSync(
    path,
    Buffer.concat([
      Buffer.from(header.buffer),
      Buffer.from(Uint32Array.of(1000, 5, 14, 14).buffer),
      Buffer.alloc(14),
    ]),
  );
  const { drops } = replay(path);
  drops.start(0);
  expect(() => drops.readUntil(Number.POSITIVE_INFINITY)).toThrow(/holds frames of another kind/);
});
