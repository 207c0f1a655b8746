/** Frames put together header by header; each function gives the header's bytes, then what it carries. */

export type Bytes = readonly number[];

export const MAC_ADDRESSES: Bytes = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];

export function u16(value: number): Bytes {
  return [(value >> 8) & 0xff, value & 0xff];
}

export function u32(value: number): Bytes {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}

export function zeros(count: number): Bytes {
  return new Array<number>(count).fill(0);
}

export function ethernet(etherType: number, payload: Bytes): Bytes {
  return [...MAC_ADDRESSES, ...u16(etherType), ...payload];
}

/** What follows a tag's EtherType: tag control information, then the EtherType of what it carries. */
export function tag(tagControl: number, etherType: number, payload: Bytes): Bytes {
  return [...u16(tagControl), ...u16(etherType), ...payload];
}

export interface Ipv4Fields {
  source?: Bytes;
  destination?: Bytes;
  protocol: number;
  options?: Bytes;
  totalLength?: number;
  /** Flags and offset as they stand in the header. */
  fragment?: number;
  versionAndLength?: number;
}

export function ipv4(fields: Ipv4Fields, payload: Bytes): Bytes {
  const options = fields.options ?? [];
  const headerBytes = 20 + options.length;
  return [
    fields.versionAndLength ?? 0x40 | (headerBytes / 4),
    0,
    ...u16(fields.totalLength ?? headerBytes + payload.length),
    ...u16(0x1234),
    ...u16(fields.fragment ?? 0x4000),
    64,
    fields.protocol,
    0,
    0,
    ...(fields.source ?? [10, 244, 1, 2]),
    ...(fields.destination ?? [10, 244, 2, 3]),
    ...options,
    ...payload,
  ];
}

/** fd00::1:<last> */
export function address6(last: number): Bytes {
  return [0xfd, ...zeros(12), 1, ...u16(last)];
}

export interface Ipv6Fields {
  source?: Bytes;
  destination?: Bytes;
  nextHeader: number;
  payloadLength?: number;
  version?: number;
}

export function ipv6(fields: Ipv6Fields, payload: Bytes): Bytes {
  return [
    (fields.version ?? 6) << 4,
    ...zeros(3),
    ...u16(fields.payloadLength ?? payload.length),
    fields.nextHeader,
    64,
    ...(fields.source ?? address6(2)),
    ...(fields.destination ?? address6(3)),
    ...payload,
  ];
}

export interface TcpFields {
  sourcePort?: number;
  destinationPort?: number;
  sequence?: number;
  acknowledgement?: number;
  flags?: number;
  window?: number;
  options?: Bytes;
  headerWords?: number;
}

export function tcp(fields: TcpFields = {}, payload: Bytes = []): Bytes {
  const options = fields.options ?? [];
  return [
    ...u16(fields.sourcePort ?? 40000),
    ...u16(fields.destinationPort ?? 80),
    ...u32(fields.sequence ?? 1000),
    ...u32(fields.acknowledgement ?? 0),
    (fields.headerWords ?? 5 + options.length / 4) << 4,
    fields.flags ?? 0x10,
    ...u16(fields.window ?? 512),
    ...zeros(4),
    ...options,
    ...payload,
  ];
}

export interface UdpFields {
  sourcePort?: number;
  destinationPort?: number;
  length?: number;
}

export function udp(fields: UdpFields = {}, payload: Bytes = []): Bytes {
  return [
    ...u16(fields.sourcePort ?? 5353),
    ...u16(fields.destinationPort ?? 53),
    ...u16(fields.length ?? 8 + payload.length),
    0,
    0,
    ...payload,
  ];
}

export function icmp(type: number, code: number, identifier: number, payload: Bytes = []): Bytes {
  return [type, code, 0, 0, ...u16(identifier), ...u16(1), ...payload];
}

export function vxlan(vni: number, inner: Bytes, flags = 8): Bytes {
  return [flags, 0, 0, 0, ...u32(vni << 8), ...inner];
}
