import * as statuses from "./status.js";

const { STATUS_BAD_DNS, STATUS_COUNTED, STATUS_TRUNCATED_DNS } = statuses;

const HEADER_BYTES = 12;
const IS_RESPONSE = 0x8000;
const IS_TRUNCATED = 0x0200;
const RESPONSE_CODE_MASK = 0x0f;
/** Opcodes 0 to 6 (IANA); port 53 carries other things too, and most of them stumble here. */
const LARGEST_OPCODE = 6;

/** Wire form of a name, length bytes and the root's zero included (RFC 1035 section 2.3.4). */
const LONGEST_NAME_BYTES = 255;
const LONGEST_LABEL_BYTES = 63;
const POINTER = 0xc0;
const POINTER_OFFSET_MASK = 0x3fff;
/** A name needs one or two; a chain of more is a loop, or made to cost time. */
const MOST_POINTERS = 16;

const DOT = 0x2e;
const BACKSLASH = 0x5c;
const DIGIT_ZERO = 0x30;
const LOWER_CASE = 0x20;
const NAME_BUFFER_BYTES = 256;

/** What a DNS message says of itself and of its first question: filled again for each message, so that decoding allocates nothing. */
export class DnsMessage {
  id = 0;
  /** 1: a response; 0: a query. */
  isResponse = 0;
  /** RCODE of the header, 0 to 15; 0 is success, 3 NXDOMAIN. */
  responseCode = 0;
  /** QTYPE of the first question: 1 is A, 28 AAAA; 0 where there is no question. */
  questionType = 0;
  questionCount = 0;
  answerCount = 0;
  /** 1: the TC bit is set: the whole answer is to be asked for over TCP. */
  isTruncated = 0;
  /**
   * The first question's name as text, in ASCII: lower-case labels with dots between them, none at the end, `.` alone for the root.
   * Dots and backslashes within a label, and what is not printable, stand as `\DDD` (RFC 1035 section 5.1).
   */
  readonly name = new Uint8Array(NAME_BUFFER_BYTES);
  /** Where the name begins in `name`. */
  nameOffset = 0;
  /** Bytes of `name` in use from `nameOffset` on; 0 where there is no question, or it could not be read. */
  nameLength = 0;
  /** 1: escapes made the name longer than `name`, and its end is left out. */
  isNameCut = 0;
}

/**
 * The header and the first question of a DNS message (RFC 1035 sections 4.1.1 and 4.1.2), without a TCP message's length before it.
 *
 * @param offset of the message's first byte in `view`
 * @param end of the message, or of what was captured of it
 * @returns STATUS_COUNTED; STATUS_TRUNCATED_DNS where the message goes on beyond `end`; STATUS_BAD_DNS where it is none. In the latter
 *   two cases `message` holds what could be read before, and no name.
 */
export function decodeDns(view: DataView, offset: number, end: number, message: DnsMessage): number {
  clear(message);
  if (offset + HEADER_BYTES > end) return STATUS_TRUNCATED_DNS;
  const flags = view.getUint16(offset + 2, false);
  if (((flags >> 11) & 0x0f) > LARGEST_OPCODE) return STATUS_BAD_DNS;
  message.id = view.getUint16(offset, false);
  message.isResponse = (flags & IS_RESPONSE) === 0 ? 0 : 1;
  message.isTruncated = (flags & IS_TRUNCATED) === 0 ? 0 : 1;
  message.responseCode = flags & RESPONSE_CODE_MASK;
  message.questionCount = view.getUint16(offset + 4, false);
  message.answerCount = view.getUint16(offset + 6, false);
  if (message.questionCount === 0) return STATUS_COUNTED;
  const status = readQuestion(view, offset, end, message);
  if (status !== STATUS_COUNTED) {
    message.nameLength = 0;
    message.isNameCut = 0;
  }
  return status;
}

/** The name of a decoded message as a string: for logs and exports, not for each packet. */
export function dnsName(message: DnsMessage): string {
  return String.fromCharCode(
    ...message.name.subarray(message.nameOffset, message.nameOffset + message.nameLength),
  );
}

function clear(message: DnsMessage): void {
  message.id = 0;
  message.isResponse = 0;
  message.isTruncated = 0;
  message.responseCode = 0;
  message.questionType = 0;
  message.questionCount = 0;
  message.answerCount = 0;
  message.nameLength = 0;
  message.isNameCut = 0;
}

/** Name (labels, or a pointer to where they go on: RFC 1035 section 4.1.4), type (2), class (2). */
function readQuestion(view: DataView, start: number, end: number, message: DnsMessage): number {
  let at = start + HEADER_BYTES;
  /** Where the question goes on behind its first pointer; -1 before that. */
  let afterPointer = -1;
  let pointers = 0;
  let nameBytes = 1;
  for (;;) {
    if (at >= end) return STATUS_TRUNCATED_DNS;
    const length = view.getUint8(at);
    if (length === 0) break;
    if (length >= POINTER) {
      if (at + 2 > end) return STATUS_TRUNCATED_DNS;
      if (++pointers > MOST_POINTERS) return STATUS_BAD_DNS;
      if (afterPointer === -1) afterPointer = at + 2;
      at = start + (view.getUint16(at, false) & POINTER_OFFSET_MASK);
      continue;
    }
    nameBytes += length + 1;
    if (length > LONGEST_LABEL_BYTES || nameBytes > LONGEST_NAME_BYTES) return STATUS_BAD_DNS;
    if (at + 1 + length > end) return STATUS_TRUNCATED_DNS;
    writeLabel(view, at + 1, length, message);
    at += length + 1;
  }
  if (message.nameLength === 0) writeByte(message, DOT);
  const typeAt = afterPointer === -1 ? at + 1 : afterPointer;
  if (typeAt + 4 > end) return STATUS_TRUNCATED_DNS;
  message.questionType = view.getUint16(typeAt, false);
  return STATUS_COUNTED;
}

function writeLabel(view: DataView, at: number, length: number, message: DnsMessage): void {
  if (message.nameLength !== 0) writeByte(message, DOT);
  for (let i = 0; i < length; i++) {
    const byte = view.getUint8(at + i);
    if (byte >= 0x41 && byte <= 0x5a) writeByte(message, byte | LOWER_CASE);
    else if (byte <= 0x20 || byte >= 0x7f || byte === DOT || byte === BACKSLASH) writeEscaped(message, byte);
    else writeByte(message, byte);
  }
}

function writeByte(message: DnsMessage, byte: number): void {
  const end = message.nameOffset + message.nameLength;
  if (end >= NAME_BUFFER_BYTES || message.isNameCut !== 0) message.isNameCut = 1;
  else {
    message.name[end] = byte;
    message.nameLength++;
  }
}

function writeEscaped(message: DnsMessage, byte: number): void {
  if (message.nameOffset + message.nameLength + 4 > NAME_BUFFER_BYTES) {
    message.isNameCut = 1;
    return;
  }
  writeByte(message, BACKSLASH);
  writeByte(message, DIGIT_ZERO + Math.trunc(byte / 100));
  writeByte(message, DIGIT_ZERO + (Math.trunc(byte / 10) % 10));
  writeByte(message, DIGIT_ZERO + (byte % 10));
}
