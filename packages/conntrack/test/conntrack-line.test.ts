import { formatAddress } from "@hopline/packet";
import { describe, expect, it } from "vitest";
import { readConntrackLine } from "../src/conntrack-line.js";
import {
  emptyRecord,
  RECORD_DESTROY,
  RECORD_DUMPED,
  RECORD_NEW,
  RECORD_UPDATE,
} from "../src/conntrack-record.js";
import type { Tuple } from "../src/tuple.js";

function read(line: string) {
  const bytes = Buffer.from(`garbage before${line}garbage after`);
  const record = emptyRecord();
  const ok = readConntrackLine(bytes, 14, bytes.length - 13, record);
  if (!ok) return undefined;
  const { kind, timeUs, id, zone, original, reply } = record;
  return {
    kind,
    timeUs,
    id,
    zone,
    protocol: original.protocol,
    original: text(original),
    reply: text(reply),
  };
}

function text(tuple: Tuple): string {
  return `${formatAddress(tuple.source)} ${tuple.sourcePort} > ${formatAddress(tuple.destination)} ${tuple.destinationPort}`;
}

describe("readConntrackLine", () => {
  it("reads a NEW event of a translated TCP connection", () => {
    const line =
      "[1795225731.951895]\t    [NEW] tcp      6 120 SYN_SENT src=10.99.0.1 dst=10.96.0.1 sport=47308 dport=80 " +
      "[UNREPLIED] src=10.99.0.2 dst=10.99.0.1 sport=8080 dport=47308 id=2063025320";
    expect(read(line)).toEqual({
      kind: RECORD_NEW,
      timeUs: 1795225731951895,
      id: 2063025320,
      zone: 0,
      protocol: 6,
      original: "10.99.0.1 47308 > 10.96.0.1 80",
      reply: "10.99.0.2 8080 > 10.99.0.1 47308",
    });
  });

  it("reads a DESTROY with what follows the id, and an UPDATE", () => {
    const destroy =
      "[1795225732.226113]\t[DESTROY] udp      17 29 src=10.99.0.1 dst=10.99.0.2 sport=54776 dport=53 [UNREPLIED] " +
      "src=10.99.0.2 dst=10.99.0.1 sport=53 dport=54776 id=2754573911 [USERSPACE] portid=2165650018";
    expect(read(destroy)).toMatchObject({ kind: RECORD_DESTROY, id: 2754573911, protocol: 17 });
    const update =
      "[1795224510.168992]\t [UPDATE] ipv4     2 tcp      6 60 SYN_RECV src=10.99.0.1 dst=10.96.0.1 sport=59520 dport=443 " +
      "src=10.99.0.2 dst=10.99.0.1 sport=80 dport=59520 [ASSURED] id=1991809853";
    expect(read(update)).toMatchObject({ kind: RECORD_UPDATE, id: 1991809853, protocol: 6 });
  });

  it("takes ICMP's identifier as both ports, and not for the entry's id", () => {
    const line =
      "icmpv6   58 29 src=fd99::1 dst=fd99::2 type=128 code=0 id=78 src=fd99::2 dst=fd99::1 type=129 code=0 id=78 " +
      "mark=0 use=1 id=2614498068";
    expect(read(line)).toMatchObject({
      kind: RECORD_DUMPED,
      id: 2614498068,
      protocol: 58,
      original: "fd99::1 78 > fd99::2 78",
      reply: "fd99::2 78 > fd99::1 78",
    });
  });

  it("passes over counters, marks, offload flags and GRE keys, and keeps the zone", () => {
    const counted =
      "tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 packets=9 bytes=800 src=10.0.0.2 dst=10.0.0.1 " +
      "sport=2 dport=1 packets=8 bytes=700 [OFFLOAD] mark=5 secctx=null zone=65520 use=2 id=7";
    expect(read(counted)).toMatchObject({ id: 7, zone: 65520, reply: "10.0.0.2 2 > 10.0.0.1 1" });
    const gre =
      "gre      47 29 src=10.99.0.1 dst=10.99.0.2 srckey=0x0 dstkey=0x0 [UNREPLIED] src=10.99.0.2 dst=10.99.0.1 srckey=0x0 dstkey=0x0 id=651403532";
    expect(read(gre)).toMatchObject({ protocol: 47, original: "10.99.0.1 0 > 10.99.0.2 0" });
    const unknown =
      "unknown  50 599 src=10.99.0.1 dst=10.99.0.2 [UNREPLIED] src=10.99.0.2 dst=10.99.0.1 id=2892083712";
    expect(read(unknown)).toMatchObject({ protocol: 50, id: 2892083712 });
  });

  it.each([
    ["", "nothing"],
    ["conntrack v1.4.7 (conntrack-tools): 7 flow events have been shown.", "a notice"],
    ["tcp 6 10 SYN_SENT src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2", "half an entry"],
    [
      "tcp 6 10 SYN_SENT src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.300 sport=2 dport=1 id=1",
      "a wrong address",
    ],
    [
      "tcp 6 10 SYN_SENT src=10.0.0.1 dst=10.0.0.2 sport=1 dport=70000 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 id=1",
      "a wrong port",
    ],
    ["tcp 999 10 src=10.0.0.1 dst=10.0.0.2 src=10.0.0.2 dst=10.0.0.1 id=1", "a wrong protocol"],
  ])("refuses %j (%s)", (line) => {
    expect(read(line)).toBeUndefined();
  });
});
