import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from "@hopline/packet";
import { crc32c, internetChecksum } from "./checksum.js";
import {
  sequence as chunksOf,
  data,
  join,
  type Layer,
  type Network,
  NO_DATA,
  onTopOf,
  type Transport,
  u16,
  u32,
} from "./layer.js";

export interface TcpFields {
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  readonly flags?: number;
  readonly window?: number;
  /** Filled up to a multiple of 4 bytes. */
  readonly options?: readonly number[];
  readonly headerWords?: number;
}

/** RFC 9293 section 3.1. */
export function tcp(fields: TcpFields, payload: Layer = NO_DATA): Transport {
  const {
    sourcePort = 40000,
    destinationPort = 80,
    sequence = 1,
    acknowledgement = 0,
    options = [],
  } = fields;
  const padded = [...options, ...new Array<number>(-options.length & 3).fill(0)];
  const header = [
    ...u16(sourcePort),
    ...u16(destinationPort),
    ...u32(sequence),
    ...u32(acknowledgement),
    (fields.headerWords ?? 5 + padded.length / 4) << 4,
    fields.flags ?? 0x10,
    ...u16(fields.window ?? 512),
    ...u32(0),
    ...padded,
  ];
  const places: Record<string, [number, number]> = { ports: [0, 4], headerLength: [12, 1], flags: [13, 1] };
  if (padded.length > 1) places.optionLength = [21, 1];
  return { ...onTopOf("tcp", header, places, payload), protocol: PROTOCOL_TCP, checksumAt: 16 };
}

export const maximumSegmentSize = (bytes: number): readonly number[] => [2, 4, ...u16(bytes)];
export const windowScale = (shift: number): readonly number[] => [3, 3, shift];
export const sackPermitted: readonly number[] = [4, 2];
export const selectiveAcknowledgement = (from: number, to: number): readonly number[] => [
  5,
  10,
  ...u32(from),
  ...u32(to),
];
/** With the two no-operations that everybody puts before it. */
export const timestamps = (value: number, echo: number): readonly number[] => [
  1,
  1,
  8,
  10,
  ...u32(value),
  ...u32(echo),
];

export interface UdpFields {
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly length?: number;
}

/** RFC 768. */
export function udp(fields: UdpFields, payload: Layer = NO_DATA): Transport {
  const { sourcePort = 40001, destinationPort = 9999, length = 8 + payload.bytes.length } = fields;
  const header = [...u16(sourcePort), ...u16(destinationPort), ...u16(length), 0, 0];
  const places = { ports: [0, 4], length: [4, 2] } as const;
  return { ...onTopOf("udp", header, places, payload), protocol: PROTOCOL_UDP, checksumAt: 6 };
}

export interface SctpFields {
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly verificationTag?: number;
}

/** RFC 9260 section 3.1, the common header and chunks. */
export function sctp(fields: SctpFields, ...chunks: readonly Layer[]): Transport {
  const { sourcePort = 3868, destinationPort = 3869, verificationTag = 0x12345678 } = fields;
  const header = [...u16(sourcePort), ...u16(destinationPort), ...u32(verificationTag), ...u32(0)];
  const layer = onTopOf("sctp", header, { ports: [0, 4] }, chunksOf(...chunks));
  layer.bytes.set(crc32c(layer.bytes), 8);
  return { ...layer, protocol: PROTOCOL_SCTP };
}

/** RFC 9260 section 3.2; the padding is not in the length. */
export function sctpChunk(
  type: number,
  flags: number,
  value: Uint8Array | readonly number[],
  length?: number,
): Layer {
  const header = [type, flags, ...u16(length ?? 4 + value.length)];
  const padding = new Uint8Array(-value.length & 3);
  return onTopOf("chunk", header, { type: [0, 1], length: [2, 2] }, data(join(value, padding)));
}

/** RFC 9260 section 3.3.1. */
export function sctpData(transmissionNumber: number, payload: Uint8Array): Layer {
  return sctpChunk(0, 3, join(u32(transmissionNumber), u16(1), u16(0), u32(0), payload));
}

export interface EchoFields {
  readonly reply?: boolean;
  readonly identifier?: number;
  readonly sequence?: number;
}

/** RFC 792. */
export function icmpEcho(fields: EchoFields, payload: Layer = NO_DATA): Transport {
  return icmp(
    fields.reply ? 0 : 8,
    0,
    [...u16(fields.identifier ?? 1), ...u16(fields.sequence ?? 1)],
    payload,
  );
}

/** An error that quotes the beginning of a packet (RFC 1812 section 4.3.2.3). */
export function icmpError(
  type: number,
  code: number,
  quoted: Network,
  { mtu = 0, quotedBytes = 576 } = {},
): Transport {
  return icmp(type, code, u32(mtu), cut(quoted, quotedBytes));
}

export function icmp(
  type: number,
  code: number,
  rest: readonly number[],
  payload: Layer = NO_DATA,
): Transport {
  const layer = onTopOf("icmp", [type, code, 0, 0, ...rest], { type: [0, 1], code: [1, 1] }, payload);
  layer.bytes.set(u16(internetChecksum(layer.bytes)), 2);
  return { ...layer, protocol: PROTOCOL_ICMP };
}

/** RFC 4443 section 4. */
export function icmpv6Echo(fields: EchoFields, payload: Layer = NO_DATA): Transport {
  const rest = [...u16(fields.identifier ?? 1), ...u16(fields.sequence ?? 1)];
  return icmpv6(fields.reply ? 129 : 128, 0, rest, payload);
}

/** RFC 4443 section 3. */
export function icmpv6Error(
  type: number,
  code: number,
  quoted: Network,
  { mtu = 0, quotedBytes = 1232 } = {},
): Transport {
  return icmpv6(type, code, u32(mtu), cut(quoted, quotedBytes));
}

export function icmpv6(
  type: number,
  code: number,
  rest: readonly number[],
  payload: Layer = NO_DATA,
): Transport {
  const layer = onTopOf("icmpv6", [type, code, 0, 0, ...rest], { type: [0, 1], code: [1, 1] }, payload);
  return { ...layer, protocol: PROTOCOL_ICMPV6, checksumAt: 2 };
}

/** The first bytes of a layer, with the fields that lie whole within them. */
function cut(layer: Layer, bytes: number): Layer {
  return {
    bytes: layer.bytes.slice(0, bytes),
    fields: layer.fields.filter((field) => field.offset + field.bytes <= bytes),
    starts: layer.starts.filter((start) => start.offset < bytes),
  };
}
