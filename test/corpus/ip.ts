import { parseAddress } from "@hopline/packet";
import { internetChecksum } from "./checksum.js";
import { data, join, type Network, onTopOf, type Transport, u16, u32 } from "./layer.js";

export const PROTOCOL_IPIP = 4;
export const PROTOCOL_SIT = 41;
const PROTOCOL_UDP = 17;
const NO_NEXT_HEADER = 59;

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;

export interface Ipv4Fields {
  readonly source?: string;
  readonly destination?: string;
  /** Default: what the payload is. */
  readonly protocol?: number;
  readonly identification?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** Bytes, a multiple of 8. */
  readonly fragmentOffset?: number;
  /** Filled up to a multiple of 4 bytes. */
  readonly options?: readonly number[];
  /** Default: what is true. */
  readonly totalLength?: number;
  readonly headerWords?: number;
  readonly version?: number;
  readonly timeToLive?: number;
}

/** RFC 791 section 3.1. */
export function ipv4(fields: Ipv4Fields, payload: Transport): Network {
  const { source = "10.244.1.2", destination = "10.244.2.3", options = [], identification = 1 } = fields;
  const from = ipv4Bytes(source);
  const to = ipv4Bytes(destination);
  const padded = [...options, ...new Array<number>(-options.length & 3).fill(0)];
  const headerBytes = 20 + padded.length;
  const flags = (fields.dontFragment ? 0x4000 : 0) | (fields.moreFragments ? 0x2000 : 0);
  const protocol = fields.protocol ?? payload.protocol;
  const isFragment = flags === 0x2000 || (fields.fragmentOffset ?? 0) > 0;
  const length = u16(payload.bytes.length);
  const whole = isFragment ? payload : withChecksum(payload, [...from, ...to, 0, protocol, ...length]);
  const header = Uint8Array.of(
    ((fields.version ?? 4) << 4) | (fields.headerWords ?? headerBytes / 4),
    0,
    ...u16(fields.totalLength ?? headerBytes + payload.bytes.length),
    ...u16(identification),
    ...u16(flags | ((fields.fragmentOffset ?? 0) >> 3)),
    fields.timeToLive ?? 64,
    protocol,
    0,
    0,
    ...from,
    ...to,
    ...padded,
  );
  header.set(u16(internetChecksum(header)), 10);
  const places = {
    versionAndLength: [0, 1],
    totalLength: [2, 2],
    fragment: [6, 2],
    protocol: [9, 1],
  } as const;
  return { ...onTopOf("ipv4", header, places, whole), etherType: 0x0800, protocol: PROTOCOL_IPIP };
}

/** One datagram in pieces of at most `fragmentBytes` (a multiple of 8) of payload each. */
export function ipv4Fragments(fields: Ipv4Fields, payload: Transport, fragmentBytes: number): Network[] {
  const whole = ipv4({ ...fields, options: [] }, payload).bytes.subarray(20);
  return piecesOf(whole, fragmentBytes).map(({ offset, bytes, isLast }) =>
    ipv4(
      { ...fields, fragmentOffset: offset, moreFragments: !isLast },
      { ...data(bytes), protocol: payload.protocol },
    ),
  );
}

/** An IPv6 extension header: its own number, and its bytes after the next header's number. */
export interface Extension {
  readonly number: number;
  readonly body: readonly number[];
}

/** A hop-by-hop options header of 8 bytes: PadN. */
export const hopByHop: Extension = { number: HOP_BY_HOP, body: [0, 1, 4, 0, 0, 0, 0] };

/** Destination options of 8 × `units` bytes: one PadN. */
export function destinationOptions(units = 1): Extension {
  const body = new Array<number>(8 * units - 1).fill(0);
  body.splice(0, 3, units - 1, 1, 8 * units - 4);
  return { number: DESTINATION_OPTIONS, body };
}

/** A routing header of type 2 (RFC 6275 section 6.4) with no segments left. */
export const routing: Extension = { number: ROUTING, body: [2, 2, 0, ...new Array<number>(20).fill(0)] };

/** RFC 4302 section 2.2, with an integrity check value of 12 bytes. */
export const authentication: Extension = {
  number: AUTHENTICATION,
  body: [4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, ...new Array<number>(12).fill(0x5a)],
};

/** RFC 8200 section 4.5. @param offset bytes, a multiple of 8 */
export function fragmentHeader(offset: number, more: boolean, identification: number): Extension {
  return { number: FRAGMENT, body: [0, ...u16(offset | (more ? 1 : 0)), ...u32(identification)] };
}

export interface Ipv6Fields {
  readonly source?: string;
  readonly destination?: string;
  readonly extensions?: readonly Extension[];
  readonly nextHeader?: number;
  readonly payloadLength?: number;
  readonly version?: number;
}

/** RFC 8200 section 3. */
export function ipv6(fields: Ipv6Fields, payload: Transport): Network {
  const { source = "fd00:244:1::2", destination = "fd00:244:2::3", extensions = [] } = fields;
  const from = ipv6Bytes(source);
  const to = ipv6Bytes(destination);
  const protocol = fields.nextHeader ?? payload.protocol;
  const isFragment = extensions.some(
    ({ number, body }) => number === FRAGMENT && ((body[2] ?? 0) & 0xf9) + (body[1] ?? 0) > 0,
  );
  const pseudoHeader = [...from, ...to, ...u32(payload.bytes.length), ...u32(protocol)];
  const whole = isFragment ? payload : withChecksum(payload, pseudoHeader);
  const numbers = [...extensions.map(({ number }) => number), protocol];
  const chain = extensions.flatMap(({ body }, i) => [numbers[i + 1] ?? NO_NEXT_HEADER, ...body]);
  const header = [
    (fields.version ?? 6) << 4,
    0,
    0,
    0,
    ...u16(fields.payloadLength ?? chain.length + payload.bytes.length),
    numbers[0] ?? NO_NEXT_HEADER,
    64,
    ...from,
    ...to,
    ...chain,
  ];
  const places: Record<string, [number, number]> = {
    version: [0, 1],
    payloadLength: [4, 2],
    nextHeader: [6, 1],
  };
  let at = 40;
  for (const [i, { body }] of extensions.entries()) {
    places[`extension${i}.nextHeader`] = [at, 1];
    places[`extension${i}.length`] = [at + 1, 1];
    at += body.length + 1;
  }
  return { ...onTopOf("ipv6", header, places, whole), etherType: 0x86dd, protocol: PROTOCOL_SIT };
}

export function ipv6Fragments(
  fields: Ipv6Fields & { identification?: number },
  payload: Transport,
  fragmentBytes: number,
): Network[] {
  const whole = ipv6({ ...fields, extensions: [] }, payload).bytes.subarray(40);
  return piecesOf(whole, fragmentBytes).map(({ offset, bytes, isLast }) => {
    const header = fragmentHeader(offset, !isLast, fields.identification ?? 1);
    const extensions = [...(fields.extensions ?? []), header];
    return ipv6({ ...fields, extensions }, { ...data(bytes), protocol: payload.protocol });
  });
}

/** An IP payload of any protocol. */
export function ipPayload(protocol: number, bytes: Uint8Array | readonly number[]): Transport {
  return { ...data(bytes), protocol };
}

function piecesOf(bytes: Uint8Array, size: number) {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => ({
    offset: i * size,
    bytes: bytes.slice(i * size, (i + 1) * size),
    isLast: (i + 1) * size >= bytes.length,
  }));
}

function withChecksum(payload: Transport, pseudoHeader: readonly number[]): Transport {
  const at = payload.checksumAt;
  if (at === undefined) return payload;
  const bytes = join(payload.bytes);
  bytes.fill(0, at, at + 2);
  const sum = internetChecksum(pseudoHeader, bytes);
  // 0 would say that there is none (RFC 768).
  bytes.set(u16(sum === 0 && payload.protocol === PROTOCOL_UDP ? 0xffff : sum), at);
  return { ...payload, bytes };
}

function ipv4Bytes(text: string): Uint8Array {
  return addressBytes(text).subarray(12);
}

function ipv6Bytes(text: string): Uint8Array {
  return addressBytes(text);
}

function addressBytes(text: string): Uint8Array {
  const bytes = parseAddress(text);
  if (bytes === undefined) throw new RangeError(`no address: ${text}`);
  return bytes;
}
