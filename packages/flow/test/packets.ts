import {
  DecodedPacket,
  DIRECTION_INGRESS,
  ENCAPSULATION_NONE,
  ENCAPSULATION_VXLAN,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  parseAddress,
  TCP_OPTION_TIMESTAMPS,
} from "@hopline/packet";
import type { FlowTable } from "../src/flow-table.js";

export interface PacketFields {
  source?: string;
  destination?: string;
  sourcePort?: number;
  destinationPort?: number;
  protocol?: number;
  atMs?: number;
  payloadBytes?: number;
  bytes?: number;
  flags?: number;
  sequence?: number;
  acknowledgement?: number;
  window?: number;
  direction?: number;
  interfaceIndex?: number;
  vlan?: number;
  vni?: number;
  outerSource?: string;
  outerDestination?: string;
  encapsulation?: number;
  /** Without timestamps, which `timestamps` adds. */
  tcpOptions?: number;
  /** TSval and TSecr. */
  timestamps?: readonly [number, number];
  mss?: number;
  windowScale?: number;
  sctpChunks?: number;
  /** Of a super-frame. */
  segmentBytes?: number;
}

/** The start of a window, so that tests count milliseconds from there. */
export const START_S = 1_700_000_000;

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

/** One decoded packet; what a test does not name is TCP from 10.0.0.1:40000 to 10.0.0.2:80, ingress at interface 7. */
export function packetOf(fields: PacketFields): DecodedPacket {
  const packet = new DecodedPacket();
  const [s0, s1, s2, s3] = wordsOf(fields.source ?? "10.0.0.1");
  const [d0, d1, d2, d3] = wordsOf(fields.destination ?? "10.0.0.2");
  const payloadBytes = fields.payloadBytes ?? 0;
  Object.assign(packet, {
    source0: s0,
    source1: s1,
    source2: s2,
    source3: s3,
    destination0: d0,
    destination1: d1,
    destination2: d2,
    destination3: d3,
    sourcePort: fields.sourcePort ?? 40000,
    destinationPort: fields.destinationPort ?? 80,
    protocol: fields.protocol ?? PROTOCOL_TCP,
    bytes: fields.bytes ?? 40 + payloadBytes,
    payloadBytes,
    tcpFlags: fields.flags ?? 0,
    sequence: (fields.sequence ?? 0) | 0,
    acknowledgement: (fields.acknowledgement ?? 0) | 0,
    window: fields.window ?? 512,
    vlan: fields.vlan ?? 0,
    vni: fields.vni ?? -1,
    encapsulation:
      fields.encapsulation ?? (fields.outerSource === undefined ? ENCAPSULATION_NONE : ENCAPSULATION_VXLAN),
    encapsulationDepth: fields.outerSource === undefined ? 0 : 1,
    tcpOptions: (fields.tcpOptions ?? 0) | (fields.timestamps === undefined ? 0 : TCP_OPTION_TIMESTAMPS),
    timestampValue: (fields.timestamps?.[0] ?? 0) | 0,
    timestampEcho: (fields.timestamps?.[1] ?? 0) | 0,
    mss: fields.mss ?? 0,
    windowScale: fields.windowScale ?? -1,
    sctpChunks: fields.sctpChunks ?? 0,
    segmentBytes: fields.segmentBytes ?? 0,
    timeUs: START_S * 1e6 + (fields.atMs ?? 0) * 1e3,
    interfaceIndex: fields.interfaceIndex ?? 7,
    direction: fields.direction ?? DIRECTION_INGRESS,
  });
  if (fields.outerSource !== undefined) {
    const [o0, o1, o2, o3] = wordsOf(fields.outerSource);
    Object.assign(packet, { outerSource0: o0, outerSource1: o1, outerSource2: o2, outerSource3: o3 });
  }
  if (fields.outerDestination !== undefined) {
    const [o0, o1, o2, o3] = wordsOf(fields.outerDestination);
    Object.assign(packet, {
      outerDestination0: o0,
      outerDestination1: o1,
      outerDestination2: o2,
      outerDestination3: o3,
    });
  }
  return packet;
}

/** A packet from the client of the default tuple. */
export function fromClient(fields: PacketFields): PacketFields {
  return fields;
}

/** Its reply, which leaves by the interface where the client's packets come in. */
export function fromServer(fields: PacketFields): PacketFields {
  return {
    source: "10.0.0.2",
    destination: "10.0.0.1",
    sourcePort: 80,
    destinationPort: 40000,
    direction: 1,
    ...fields,
  };
}

export function udp(fields: PacketFields): PacketFields {
  return { protocol: PROTOCOL_UDP, ...fields };
}

export function count(table: FlowTable, ...packets: readonly PacketFields[]): void {
  for (const packet of packets) table.count(packetOf(packet));
}

/** Microseconds since the epoch of so many milliseconds after the tests' start. */
export function us(atMs: number): number {
  return START_S * 1e6 + atMs * 1e3;
}

function wordsOf(address: string): readonly number[] {
  const bytes = parseAddress(address);
  if (bytes === undefined) throw new Error(`no address: ${address}`);
  const view = new DataView(bytes.buffer);
  return [0, 4, 8, 12].map((at) => view.getInt32(at, false));
}
