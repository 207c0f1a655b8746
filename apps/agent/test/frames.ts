/** A TCP or UDP packet over IPv4 as a test writes it down. */
export interface TestFrame {
  /** `10.0.0.1:80` */
  readonly source: string;
  readonly destination: string;
  /** Default TCP. */
  readonly protocol?: 6 | 17;
  /** Default ACK. */
  readonly tcpFlags?: number;
  readonly payloadBytes?: number;
  /** In place of that many zeros. */
  readonly payload?: Uint8Array;
  /** Default 7. */
  readonly interfaceIndex?: number;
  /** Default ingress. */
  readonly direction?: number;
  readonly timeUs: number;
}

/** An ICMP error from one host to another as a test writes it down; `quotes` is the packet that it is about. */
export interface TestIcmpError extends Omit<TestFrame, "protocol" | "tcpFlags" | "payload" | "payloadBytes"> {
  readonly type: number;
  readonly code: number;
  readonly quotes: Omit<TestFrame, "timeUs">;
}

/** A frame that was captured, from its Ethernet header on. */
export interface CapturedFrame extends Pick<TestFrame, "interfaceIndex" | "direction" | "timeUs"> {
  readonly hex: string;
}

/** The error's frame: IP header and 8 bytes more are quoted (RFC 792). */
export function icmpErrorBytesOf(error: TestIcmpError): Uint8Array {
  const quoted = bytesOf({ ...error.quotes, timeUs: 0 }).subarray(
    ETHERNET_BYTES,
    ETHERNET_BYTES + IPV4_BYTES + 8,
  );
  const bytes = new Uint8Array(ETHERNET_BYTES + IPV4_BYTES + 8 + quoted.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(12, 0x0800);
  view.setUint8(14, 0x45);
  view.setUint16(16, bytes.length - ETHERNET_BYTES);
  view.setUint8(22, 64);
  view.setUint8(23, 1);
  bytes.set(endpointOf(error.source)[0], 26);
  bytes.set(endpointOf(error.destination)[0], 30);
  view.setUint8(34, error.type);
  view.setUint8(35, error.code);
  bytes.set(quoted, 42);
  return bytes;
}

const ETHERNET_BYTES = 14;
const IPV4_BYTES = 20;

/** The frame's bytes, from its Ethernet header on. */
export function bytesOf(frame: TestFrame): Uint8Array {
  const { protocol = 6, tcpFlags = 0x10, payload = new Uint8Array(frame.payloadBytes ?? 0) } = frame;
  const payloadBytes = payload.length;
  const headerBytes = protocol === 6 ? 20 : 8;
  const bytes = new Uint8Array(ETHERNET_BYTES + IPV4_BYTES + headerBytes + payloadBytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(12, 0x0800);
  view.setUint8(14, 0x45);
  view.setUint16(16, IPV4_BYTES + headerBytes + payloadBytes);
  view.setUint8(22, 64);
  view.setUint8(23, protocol);
  const [source, sourcePort] = endpointOf(frame.source);
  const [destination, destinationPort] = endpointOf(frame.destination);
  bytes.set(source, 26);
  bytes.set(destination, 30);
  view.setUint16(34, sourcePort);
  view.setUint16(36, destinationPort);
  if (protocol === 17) view.setUint16(38, headerBytes + payloadBytes);
  else {
    view.setUint32(38, 1000);
    view.setUint8(46, 5 << 4);
    view.setUint8(47, tcpFlags);
  }
  bytes.set(payload, bytes.length - payloadBytes);
  return bytes;
}

/** A DNS message over UDP (RFC 1035 section 4): one question for an A record, or the answer to it without records. */
export function dnsMessage(name: string, answer?: { readonly code: number }): Uint8Array {
  const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]);
  const flags = answer === undefined ? [0x01, 0x00] : [0x81, 0x80 | answer.code];
  return Uint8Array.of(0x12, 0x34, ...flags, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1);
}

function endpointOf(text: string): [number[], number] {
  const [host = "", port] = text.split(":");
  return [host.split(".").map(Number), Number(port)];
}
