const TYPE_A = 1;
const TYPE_TXT = 16;
const CLASS_IN = 1;
const NAME_ERROR = 3;
/** Owner of the additional TXT record in which the lab's DNS servers say which pod answered. */
const SERVED_BY = "served-by.hopline";

export interface DnsQuestion {
  readonly id: number;
  readonly name: string;
}

export interface DnsAnswer {
  readonly id: number;
  /** Undefined where the name does not exist. */
  readonly address: string | undefined;
  readonly servedBy: string | undefined;
}

/** A query for a name's IPv4 address, recursion desired (RFC 1035, 4.1). */
export function encodeQuery(question: DnsQuestion): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(question.id, 0);
  header.writeUInt16BE(0x0100, 2);
  header.writeUInt16BE(1, 4);
  return Buffer.concat([header, encodeName(question.name), uint16(TYPE_A), uint16(CLASS_IN)]);
}

/** Undefined for what is no query with one question. */
export function decodeQuery(message: Buffer): DnsQuestion | undefined {
  if (message.length < 17 || message.readUInt16BE(4) !== 1) return undefined;
  const name = decodeName(message, 12);
  return name === undefined ? undefined : { id: message.readUInt16BE(0), name: name.text };
}

export function encodeAnswer(question: DnsQuestion, address: string | undefined, servedBy: string): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(question.id, 0);
  header.writeUInt16BE(0x8580 | (address === undefined ? NAME_ERROR : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(address === undefined ? 0 : 1, 6);
  header.writeUInt16BE(1, 10);
  const name = encodeName(question.name);
  const parts = [header, name, uint16(TYPE_A), uint16(CLASS_IN)];
  if (address !== undefined) {
    parts.push(record(name, TYPE_A, 5, Buffer.from(address.split(".").map(Number))));
  }
  const text = Buffer.from(servedBy);
  parts.push(record(encodeName(SERVED_BY), TYPE_TXT, 0, Buffer.concat([Buffer.from([text.length]), text])));
  return Buffer.concat(parts);
}

/** Undefined for what is no answer to one question. */
export function decodeAnswer(message: Buffer): DnsAnswer | undefined {
  if (message.length < 17) return undefined;
  let offset = decodeName(message, 12)?.end;
  if (offset === undefined) return undefined;
  offset += 4;
  const records = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10);
  let address: string | undefined;
  let servedBy: string | undefined;
  for (let index = 0; index < records; index++) {
    const name = decodeName(message, offset);
    if (name === undefined || name.end + 10 > message.length) return undefined;
    const type = message.readUInt16BE(name.end);
    const data = message.subarray(name.end + 10, name.end + 10 + message.readUInt16BE(name.end + 8));
    if (type === TYPE_A && data.length === 4) address ??= data.join(".");
    if (type === TYPE_TXT && name.text === SERVED_BY) servedBy = data.subarray(1).toString();
    offset = name.end + 10 + data.length;
  }
  return { id: message.readUInt16BE(0), address, servedBy };
}

function record(name: Buffer, type: number, ttlSeconds: number, data: Buffer): Buffer {
  const ttl = Buffer.alloc(4);
  ttl.writeUInt32BE(ttlSeconds);
  return Buffer.concat([name, uint16(type), uint16(CLASS_IN), ttl, uint16(data.length), data]);
}

function encodeName(name: string): Buffer {
  const labels = name
    .split(".")
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

/** Names in the lab's messages are never compressed. */
function decodeName(
  message: Buffer,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  const labels: string[] = [];
  let offset = start;
  while (offset < message.length) {
    const length = message[offset]!;
    if (length === 0) return { text: labels.join("."), end: offset + 1 };
    if (length > 63) return undefined;
    labels.push(message.toString("latin1", offset + 1, offset + 1 + length));
    offset += 1 + length;
  }
  return undefined;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
