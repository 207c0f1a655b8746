/** Ethernet frames put together byte by byte, as far as decoders look. */

const ETHERNET = Buffer.from("0200000000020200000000010800", "hex");
const UDP = 17;

/** An empty UDP datagram between two IPv4 addresses. */
export function udpFrame(
  source: string,
  destination: string,
  sourcePort: number,
  destinationPort: number,
): Buffer {
  return Buffer.concat([
    ETHERNET,
    ipv4(source, destination, UDP, udp(sourcePort, destinationPort, Buffer.alloc(0))),
  ]);
}

/** A frame inside VXLAN (RFC 7348 section 5), VNI 1. */
export function vxlanFrame(source: string, destination: string, inner: Buffer): Buffer {
  const header = Buffer.from("0800000000000100", "hex");
  const datagram = udp(50_000, 8472, Buffer.concat([header, inner]));
  return Buffer.concat([ETHERNET, ipv4(source, destination, UDP, datagram)]);
}

/** A TCP segment without options. */
export function tcpFrame(
  source: readonly [address: string, port: number],
  destination: readonly [address: string, port: number],
  { flags, sequence, acknowledgement = 0, payload = 0 }: TcpFields,
): Buffer {
  const header = Buffer.alloc(20 + payload);
  header.writeUInt16BE(source[1], 0);
  header.writeUInt16BE(destination[1], 2);
  header.writeUInt32BE(sequence, 4);
  header.writeUInt32BE(acknowledgement, 8);
  header.writeUInt8(0x50, 12);
  header.writeUInt8(flags, 13);
  header.writeUInt16BE(64_000, 14);
  return Buffer.concat([ETHERNET, ipv4(source[0], destination[0], 6, header)]);
}

export interface TcpFields {
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgement?: number;
  /** Bytes, all zero. */
  readonly payload?: number;
}

/** A classic pcap file (microseconds, little-endian, Ethernet) of frames a millisecond apart. */
export function pcapFile(frames: readonly Buffer[], startSeconds: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  const records = frames.flatMap((frame, at) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(startSeconds, 0);
    record.writeUInt32LE(at * 1000, 4);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    return [record, frame];
  });
  return Buffer.concat([header, ...records]);
}

function udp(sourcePort: number, destinationPort: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(sourcePort, 0);
  header.writeUInt16BE(destinationPort, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  return Buffer.concat([header, payload]);
}

function ipv4(source: string, destination: string, protocol: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(20 + payload.length, 2);
  header.writeUInt8(64, 8);
  header.writeUInt8(protocol, 9);
  Buffer.from(source.split(".").map(Number)).copy(header, 12);
  Buffer.from(destination.split(".").map(Number)).copy(header, 16);
  return Buffer.concat([header, payload]);
}
