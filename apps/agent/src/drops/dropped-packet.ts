import type { LoggedPacket } from "@hopline/capture";
import { emptyTuple, type Tuple } from "@hopline/conntrack";
import {
  DecodedPacket,
  FrameDecoder,
  LINKTYPE_RAW,
  PROTOCOL_TCP,
  STATUS_COUNTED,
  TCP_ACK,
  TCP_SYN,
} from "@hopline/packet";

/** A dropped packet's flow, as the packet itself says; filled again for each packet. */
export interface DroppedFlow {
  readonly tuple: Tuple;
  /** From its IP header on. */
  bytes: number;
  /** Of a TCP segment that begins a connection: its sequence number, the same in each repetition. */
  initialSequence: number | undefined;
}

export function emptyFlow(): DroppedFlow {
  return { tuple: emptyTuple(), bytes: 0, initialSequence: undefined };
}

const NO_TAG = -1;
const OPEN = TCP_SYN | TCP_ACK;

/** Reads the 5-tuple of packets that rules have logged, by the rules by which captured ones are read. */
export class DroppedPackets {
  readonly #decoder = new FrameDecoder();
  readonly #packet = new DecodedPacket();

  /** @returns false where the packet belongs to no flow: a later fragment, or what is no IP. */
  read({ packet: bytes }: LoggedPacket, flow: DroppedFlow): boolean {
    const packet = this.#packet;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const wireLength = Math.max(bytes.length, ipLength(bytes));
    const status = this.#decoder.decode(packet, view, 0, bytes.length, wireLength, LINKTYPE_RAW, NO_TAG);
    if (status !== STATUS_COUNTED) return false;
    const { tuple } = flow;
    tuple.protocol = packet.protocol;
    tuple.sourcePort = packet.sourcePort;
    tuple.destinationPort = packet.destinationPort;
    const { source0, source1, source2, source3 } = packet;
    writeAddress(tuple.source, source0, source1, source2, source3);
    const { destination0, destination1, destination2, destination3 } = packet;
    writeAddress(tuple.destination, destination0, destination1, destination2, destination3);
    flow.bytes = packet.bytes;
    const opens = packet.protocol === PROTOCOL_TCP && (packet.tcpFlags & OPEN) === TCP_SYN;
    flow.initialSequence = opens ? packet.sequence >>> 0 : undefined;
    return true;
  }
}

/** Length of the whole packet, of which only the beginning is there. */
function ipLength(bytes: Uint8Array): number {
  const word = (at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return (bytes[0] ?? 0) >> 4 === 6 ? 40 + word(4) : word(2);
}

function writeAddress(into: Uint8Array, word0: number, word1: number, word2: number, word3: number): void {
  for (const [index, word] of [word0, word1, word2, word3].entries()) {
    into[index * 4] = word >> 24;
    into[index * 4 + 1] = word >> 16;
    into[index * 4 + 2] = word >> 8;
    into[index * 4 + 3] = word;
  }
}
