import type { DecodedPacket } from "@hopline/packet";

/** Word of a record at which its time begins, a double. */
const TIME = 12;

/**
 * Writes decoded packets into the table's memory, field by field in the order of assembly/packet.ts.
 * The three words of the key, and what follows the quotation, are the table's own to fill.
 */
export class PacketRecords {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;

  constructor(memory: ArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#doubles = new Float64Array(memory);
  }

  /** @param address of the record, a multiple of 8 */
  write(address: number, packet: DecodedPacket): void {
    const words = this.#words;
    const at = address >> 2;
    words[at] = packet.source0;
    words[at + 1] = packet.source1;
    words[at + 2] = packet.source2;
    words[at + 3] = packet.source3;
    words[at + 4] = packet.destination0;
    words[at + 5] = packet.destination1;
    words[at + 6] = packet.destination2;
    words[at + 7] = packet.destination3;
    words[at + 10] = packet.interfaceIndex;
    words[at + 11] = packet.direction;
    this.#doubles[(at + TIME) >> 1] = packet.timeUs;
    words[at + 14] = (packet.sourcePort << 16) | packet.destinationPort;
    words[at + 15] = packet.protocol;
    words[at + 16] = packet.bytes;
    words[at + 17] = packet.payloadBytes;
    words[at + 18] = packet.tcpFlags;
    words[at + 19] = packet.sequence;
    words[at + 20] = packet.acknowledgement;
    words[at + 21] = packet.window;
    words[at + 22] = packet.tcpOptions;
    words[at + 23] = packet.mss;
    words[at + 24] = packet.windowScale;
    words[at + 25] = packet.timestampValue;
    words[at + 26] = packet.timestampEcho;
    words[at + 27] = packet.vlan;
    words[at + 28] = packet.encapsulation;
    words[at + 29] = packet.encapsulationDepth;
    words[at + 30] = packet.vni;
    words[at + 31] = packet.outerSource0;
    words[at + 32] = packet.outerSource1;
    words[at + 33] = packet.outerSource2;
    words[at + 34] = packet.outerSource3;
    words[at + 35] = packet.outerDestination0;
    words[at + 36] = packet.outerDestination1;
    words[at + 37] = packet.outerDestination2;
    words[at + 38] = packet.outerDestination3;
    words[at + 39] = packet.segmentBytes;
    words[at + 40] = 1;
    words[at + 41] = packet.isFirstFragment;
    words[at + 42] = packet.fragmentOffset;
    words[at + 43] = packet.sctpChunks;
    words[at + 44] = packet.icmpType;
    words[at + 45] = packet.icmpCode;
    words[at + 46] = packet.isIcmpError;
    if (packet.isIcmpError === 0) return;
    words[at + 47] = packet.nextHopMtu;
    words[at + 48] = packet.quotedSource0;
    words[at + 49] = packet.quotedSource1;
    words[at + 50] = packet.quotedSource2;
    words[at + 51] = packet.quotedSource3;
    words[at + 52] = packet.quotedDestination0;
    words[at + 53] = packet.quotedDestination1;
    words[at + 54] = packet.quotedDestination2;
    words[at + 55] = packet.quotedDestination3;
    words[at + 56] = packet.quotedProtocol;
    words[at + 57] = (packet.quotedSourcePort << 16) | packet.quotedDestinationPort;
    words[at + 58] = packet.quotedHasPorts;
  }
}
