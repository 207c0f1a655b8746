import { DecodedPacket, PROTOCOL_TCP, PROTOCOL_UDP, parseAddress, TCP_ACK, TCP_SYN } from "@hopline/packet";
import { describe, expect, test } from "vitest";
import { conntrackLogOf, ObservedTranslations } from "../../src/offline/observed-translations.js";

const [POD, SERVICE, BACKEND, OTHER_BACKEND, NODE, OUTSIDE] = [
  "10.244.1.5",
  "10.96.0.10",
  "10.244.2.7",
  "10.244.2.8",
  "172.31.0.11",
  "203.0.113.9",
] as const;
const PARTIES = {
  isService: (address: string) => address === SERVICE,
  isNode: (address: string) => address === NODE,
};

interface Fields {
  readonly protocol?: number;
  readonly flags?: number;
  readonly sequence?: number;
  readonly payload?: number;
}

type End = readonly [address: string, port: number];

function packet(atMs: number, from: End, to: End, fields: Fields): DecodedPacket {
  const made = new DecodedPacket();
  [made.source0, made.source1, made.source2, made.source3] = words(from[0]);
  [made.destination0, made.destination1, made.destination2, made.destination3] = words(to[0]);
  made.sourcePort = from[1];
  made.destinationPort = to[1];
  made.timeUs = 1_700_000_000_000_000 + atMs * 1000;
  made.protocol = fields.protocol ?? PROTOCOL_TCP;
  made.tcpFlags = fields.flags ?? 0;
  made.sequence = fields.sequence ?? 0;
  made.payloadBytes = fields.payload ?? 0;
  return made;
}

function words(address: string): [number, number, number, number] {
  const view = new DataView(parseAddress(address)!.buffer);
  return [view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12)];
}

/** Each translation found, as `10.244.1.5:4000>10.96.0.10:53 = 10.244.1.5:4000>10.244.2.7:53 @0`. */
function found(packets: readonly DecodedPacket[]): string[] {
  const observed = new ObservedTranslations(PARTIES);
  for (const one of packets) observed.see(one);
  return observed.translations.map(({ original, serverSeen, timeUs }) => {
    const [before, after] = [original, serverSeen].map(
      (tuple) => `${tuple.source}:${tuple.sourcePort}>${tuple.destination}:${tuple.destinationPort}`,
    );
    return `${before} = ${after} @${timeUs / 1000 - 1_700_000_000_000}`;
  });
}

const syn = { flags: TCP_SYN, sequence: 77 };
const query = { protocol: PROTOCOL_UDP, payload: 33 };

describe("translations that a capture shows", () => {
  test("a SYN to a Service and on to its backend", () => {
    const packets = [
      packet(0, [POD, 4000], [SERVICE, 80], syn),
      packet(0.01, [POD, 4000], [SERVICE, 80], syn),
      packet(0.02, [POD, 4000], [BACKEND, 8080], syn),
      packet(0.03, [POD, 4000], [BACKEND, 8080], syn),
      packet(0.5, [BACKEND, 8080], [POD, 4000], { flags: TCP_SYN | TCP_ACK, sequence: 5 }),
    ];
    expect(found(packets)).toEqual(["10.244.1.5:4000>10.96.0.10:80 = 10.244.1.5:4000>10.244.2.7:8080 @0"]);
  });

  test("a SYN through a NodePort, both ends rewritten", () => {
    const packets = [
      packet(0, [OUTSIDE, 4000], [NODE, 30080], syn),
      packet(0.1, [NODE, 61000], [BACKEND, 8080], syn),
    ];
    expect(found(packets)).toEqual([
      "203.0.113.9:4000>172.31.0.11:30080 = 172.31.0.11:61000>10.244.2.7:8080 @0",
    ]);
  });

  test("a SYN that is sent again, or the same number a while later, is no translation", () => {
    expect(
      found([
        packet(0, [POD, 4000], [BACKEND, 80], syn),
        packet(1000, [POD, 4000], [BACKEND, 80], syn),
        packet(5000, [POD, 4001], [OTHER_BACKEND, 80], syn),
      ]),
    ).toEqual([]);
  });

  test("a connection that was open before the capture began", () => {
    const data = { sequence: 901, payload: 120, flags: TCP_ACK };
    const packets = [
      packet(0, [POD, 4000], [SERVICE, 80], data),
      packet(0.02, [POD, 4000], [BACKEND, 8080], data),
      packet(9, [POD, 4000], [SERVICE, 80], { ...data, sequence: 1021 }),
      packet(9.02, [POD, 4000], [BACKEND, 8080], { ...data, sequence: 1021 }),
    ];
    expect(found(packets)).toEqual(["10.244.1.5:4000>10.96.0.10:80 = 10.244.1.5:4000>10.244.2.7:8080 @0"]);
  });

  test("datagrams to a Service: again when it has another backend or the kernel has forgotten", () => {
    const ask = (atMs: number, backend: string) => [
      packet(atMs, [POD, 4000], [SERVICE, 53], query),
      packet(atMs + 0.02, [POD, 4000], [backend, 53], query),
    ];
    const packets = [
      ...ask(0, BACKEND),
      ...ask(10, BACKEND),
      ...ask(20, OTHER_BACKEND),
      ...ask(30, BACKEND),
      ...ask(60_000, BACKEND),
    ];
    expect(found(packets).map((text) => text.replace(/^.* = 10\.244\.1\.5:4000>/, ""))).toEqual([
      "10.244.2.7:53 @0",
      "10.244.2.8:53 @20",
      "10.244.2.7:53 @30",
      "10.244.2.7:53 @60000",
    ]);
  });

  test("a datagram that leaves under the node's address and another port", () => {
    const packets = [
      packet(0, [POD, 4000], [OUTSIDE, 53], query),
      packet(0.01, [POD, 4000], [OUTSIDE, 53], query),
      packet(0.03, [NODE, 62_926], [OUTSIDE, 53], query),
    ];
    expect(found(packets)).toEqual(["10.244.1.5:4000>203.0.113.9:53 = 172.31.0.11:62926>203.0.113.9:53 @0"]);
  });

  test("the node's own datagram of another length, or much later, is its own", () => {
    const packets = [
      packet(0, [POD, 4000], [OUTSIDE, 53], query),
      packet(0.03, [NODE, 5000], [OUTSIDE, 53], { ...query, payload: 34 }),
      packet(20, [NODE, 5001], [OUTSIDE, 53], query),
    ];
    expect(found(packets)).toEqual([]);
  });

  test("written as a conntrack log", () => {
    const observed = new ObservedTranslations(PARTIES);
    observed.see(packet(0, [POD, 4000], [SERVICE, 80], syn));
    observed.see(packet(0.02, [POD, 4000], [BACKEND, 8080], syn));
    expect(conntrackLogOf(observed.translations)).toBe(
      '{"timeUs":1700000000000000,"event":"new","id":1,"zone":0,"protocol":6,"original":["10.244.1.5",4000,"10.96.0.10",80],"reply":["10.244.2.7",8080,"10.244.1.5",4000]}\n',
    );
  });
});
