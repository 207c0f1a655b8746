import {
  type ConntrackRecord,
  RECORD_DESTROY,
  RECORD_DUMPED,
  RECORD_NEW,
  RECORD_UPDATE,
} from "./conntrack-record.js";
import { readAddress } from "./read-address.js";

const SPACE = 0x20;
const TAB = 0x09;
const EQUALS = 0x3d;
const OPEN = 0x5b;
const ZERO = 0x30;

/**
 * Reads one line of `conntrack -L -o id` or `conntrack -E -o timestamp,id` into `into`, without making strings:
 *
 *     [1795225731.951895]  [NEW] tcp 6 120 SYN_SENT src=10.99.0.1 dst=10.96.0.1 sport=47308 dport=80
 *     [UNREPLIED] src=10.99.0.2 dst=10.99.0.1 sport=8080 dport=47308 id=2063025320
 *
 * The first tuple is the original, the second the reply. What it does not know (flags, marks, counters) it passes over.
 * ICMP echo carries its identifier as `id=` right after `code=`; any other `id=` is the entry's.
 *
 * @returns false where the line holds no two whole tuples; `into` is then undefined.
 */
export function readConntrackLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: ConntrackRecord,
): boolean {
  into.kind = RECORD_DUMPED;
  into.timeUs = 0;
  into.id = 0;
  into.zone = 0;
  let at = skipBlanks(bytes, start, end);
  while (at < end && bytes[at] === OPEN) {
    readBracket(bytes, at + 1, into);
    at = skipBlanks(bytes, wordEnd(bytes, at, end), end);
  }
  const protocolAt = protocolWord(bytes, at, end);
  const protocol = readDecimal(bytes, protocolAt, wordEnd(bytes, protocolAt, end));
  if (protocol < 0 || protocol > 255) return false;
  return readTuples(bytes, protocolAt, end, into, protocol);
}

/** `[NEW]`, `[DESTROY]`, or the time as `[seconds.microseconds]`. */
function readBracket(bytes: Uint8Array, at: number, into: ConntrackRecord): void {
  switch (bytes[at]) {
    case 0x4e:
      into.kind = RECORD_NEW;
      return;
    case 0x55:
      into.kind = RECORD_UPDATE;
      return;
    case 0x44:
      into.kind = RECORD_DESTROY;
      return;
    default:
      into.timeUs = readTimeUs(bytes, at);
  }
}

function readTimeUs(bytes: Uint8Array, start: number): number {
  let microseconds = 0;
  let at = start;
  for (; isDigit(bytes[at]); at++) microseconds = microseconds * 10 + (bytes[at]! - ZERO);
  at++;
  for (let place = 0; place < 6; place++) {
    const digit = isDigit(bytes[at]) ? bytes[at++]! - ZERO : 0;
    microseconds = microseconds * 10 + digit;
  }
  return microseconds;
}

/** The number after the protocol's name; `-o extended` puts `ipv4 2` before the name. */
function protocolWord(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const isFamily =
    bytes[at] === 0x69 && bytes[at + 1] === 0x70 && bytes[at + 2] === 0x76 && bytes[at + 4] === SPACE;
  if (isFamily) {
    at = nextWord(bytes, at, end);
    at = nextWord(bytes, at, end);
  }
  return nextWord(bytes, at, end);
}

function readTuples(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: ConntrackRecord,
  protocol: number,
): boolean {
  let tuple = into.original;
  let addresses = 0;
  let afterCode = false;
  for (let at = start; at < end; at = nextWord(bytes, at, end)) {
    const stop = wordEnd(bytes, at, end);
    const wasAfterCode = afterCode;
    afterCode = false;
    const first = bytes[at];
    if (first === 0x73 && bytes[at + 1] === 0x72 && bytes[at + 3] === EQUALS) {
      // src=
      if (addresses === 2) tuple = into.reply;
      if (addresses === 4 || !readAddress(bytes, at + 4, stop, tuple.source)) return false;
      tuple.protocol = protocol;
      tuple.sourcePort = 0;
      tuple.destinationPort = 0;
      addresses++;
    } else if (first === 0x64 && bytes[at + 1] === 0x73 && bytes[at + 3] === EQUALS) {
      // dst=
      if (addresses === 4 || !readAddress(bytes, at + 4, stop, tuple.destination)) return false;
      addresses++;
    } else if (first === 0x73 && bytes[at + 1] === 0x70 && bytes[at + 5] === EQUALS) {
      // sport=
      tuple.sourcePort = readDecimal(bytes, at + 6, stop);
    } else if (first === 0x64 && bytes[at + 1] === 0x70 && bytes[at + 5] === EQUALS) {
      // dport=
      tuple.destinationPort = readDecimal(bytes, at + 6, stop);
    } else if (first === 0x63 && bytes[at + 1] === 0x6f && bytes[at + 4] === EQUALS) {
      // code=
      afterCode = true;
    } else if (first === 0x69 && bytes[at + 1] === 0x64 && bytes[at + 2] === EQUALS) {
      // id=
      const id = readDecimal(bytes, at + 3, stop);
      if (wasAfterCode) {
        tuple.sourcePort = id;
        tuple.destinationPort = id;
      } else into.id = id;
    } else if (first === 0x7a && bytes[at + 4] === EQUALS) {
      // zone=
      into.zone = readDecimal(bytes, at + 5, stop);
    }
  }
  return addresses === 4 && fitsPort(into.original) && fitsPort(into.reply) && into.id >= 0;
}

function fitsPort(tuple: { readonly sourcePort: number; readonly destinationPort: number }): boolean {
  return (
    tuple.sourcePort >= 0 &&
    tuple.sourcePort <= 0xffff &&
    tuple.destinationPort >= 0 &&
    tuple.destinationPort <= 0xffff
  );
}

function isDigit(character: number | undefined): boolean {
  return character !== undefined && character >= ZERO && character <= 0x39;
}

/** -1 where it is not a number. */
function readDecimal(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    if (!isDigit(bytes[at])) return -1;
    value = value * 10 + (bytes[at]! - ZERO);
  }
  return value;
}

function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  return at;
}

function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== SPACE && bytes[at] !== TAB) at++;
  return at;
}

function nextWord(bytes: Uint8Array, start: number, end: number): number {
  return skipBlanks(bytes, wordEnd(bytes, start, end), end);
}
