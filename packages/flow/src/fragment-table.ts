import { DecodedPacket } from "@hopline/packet";

/** Words of a slot. */
const SOURCE = 0;
const DESTINATION = 4;
const ID = 8;
/** Protocol (of IPv4) | capture direction << 8 | IN_USE. */
const PROTOCOL_DIRECTION = 9;
const INTERFACE = 10;
const PORTS = 11;
/** TCP: sequence number of the byte at fragment offset 0, which is the header's first. */
const SEQUENCE_BASE = 12;
/** {@link KIND_FLOW} or {@link KIND_TUNNEL}. */
const KIND = 13;
/** Double. */
const TIME_US = 14;
const SLOT_WORDS = 16;

const IN_USE = 1 << 16;
const KIND_FLOW = 0;
const KIND_TUNNEL = 1;

/** Third word of an IPv4-mapped address. */
const IPV4_MAPPED = 0xffff;

const WAYS = 4;
const SETS = 256;
/** Linux' own patience, net.ipv4.ipfrag_time and net.ipv6.ip6frag_time: the receiver gives up by then. */
const EXPIRY_US = 30e6;

export const FRAGMENT_UNKNOWN = 0;
export const FRAGMENT_FOUND = 1;
/** Its first fragment carried an encapsulated packet, which was counted whole. */
export const FRAGMENT_OF_TUNNEL = 2;

/**
 * First fragments of the last 30 s, so that later ones, which have no ports, count to their connection (RFC 791 section 3.2, RFC 8200
 * section 4.5). Bounded: {@link WAYS} packets for each of {@link SETS} hashes, of which the oldest gives way.
 */
export class FragmentTable {
  readonly #words = new Int32Array(SETS * WAYS * SLOT_WORDS);
  readonly #doubles = new Float64Array(this.#words.buffer);
  readonly #outer = new DecodedPacket();

  /** Remembers the first fragment of a packet that is counted to its connection. */
  add(packet: DecodedPacket): void {
    const at = this.#take(packet);
    const words = this.#words;
    words[at + PORTS] = (packet.sourcePort << 16) | packet.destinationPort;
    words[at + SEQUENCE_BASE] = (packet.sequence - (packet.offset - packet.fragmentStart)) | 0;
    words[at + KIND] = KIND_FLOW;
  }

  /** Remembers the first fragment of a packet that carries a tunnel: what is in it has been counted whole. */
  addTunnel(packet: DecodedPacket): void {
    const outer = this.#outer;
    outer.source0 = packet.outerSource0;
    outer.source1 = packet.outerSource1;
    outer.source2 = packet.outerSource2;
    outer.source3 = packet.outerSource3;
    outer.destination0 = packet.outerDestination0;
    outer.destination1 = packet.outerDestination1;
    outer.destination2 = packet.outerDestination2;
    outer.destination3 = packet.outerDestination3;
    outer.fragmentId = packet.outerFragmentId;
    outer.protocol = packet.outerProtocol;
    outer.interfaceIndex = packet.interfaceIndex;
    outer.direction = packet.direction;
    outer.timeUs = packet.timeUs;
    this.#words[this.#take(outer) + KIND] = KIND_TUNNEL;
  }

  /**
   * Gives a later fragment the ports of its first one, and a TCP one its place in the stream.
   *
   * @returns FRAGMENT_ constant
   */
  resolve(packet: DecodedPacket): number {
    const words = this.#words;
    const set = setOf(packet) * WAYS * SLOT_WORDS;
    for (let at = set; at < set + WAYS * SLOT_WORDS; at += SLOT_WORDS) {
      if (!this.#holds(at, packet)) continue;
      if (packet.timeUs - this.#doubles[(at + TIME_US) >> 1] > EXPIRY_US) return FRAGMENT_UNKNOWN;
      if (words[at + KIND] === KIND_TUNNEL) return FRAGMENT_OF_TUNNEL;
      packet.sourcePort = words[at + PORTS] >>> 16;
      packet.destinationPort = words[at + PORTS] & 0xffff;
      packet.sequence = (words[at + SEQUENCE_BASE] + packet.fragmentOffset) | 0;
      return FRAGMENT_FOUND;
    }
    return FRAGMENT_UNKNOWN;
  }

  /** Offset of the slot that is now this packet's: the one that holds it, a free one, or the oldest of its set. */
  #take(packet: DecodedPacket): number {
    const words = this.#words;
    const doubles = this.#doubles;
    const set = setOf(packet) * WAYS * SLOT_WORDS;
    let taken = set;
    for (let at = set; at < set + WAYS * SLOT_WORDS; at += SLOT_WORDS) {
      if (words[at + PROTOCOL_DIRECTION] === 0 || this.#holds(at, packet)) {
        taken = at;
        break;
      }
      if (doubles[(at + TIME_US) >> 1] < doubles[(taken + TIME_US) >> 1]) taken = at;
    }
    words[taken + SOURCE] = packet.source0;
    words[taken + SOURCE + 1] = packet.source1;
    words[taken + SOURCE + 2] = packet.source2;
    words[taken + SOURCE + 3] = packet.source3;
    words[taken + DESTINATION] = packet.destination0;
    words[taken + DESTINATION + 1] = packet.destination1;
    words[taken + DESTINATION + 2] = packet.destination2;
    words[taken + DESTINATION + 3] = packet.destination3;
    words[taken + ID] = packet.fragmentId;
    words[taken + PROTOCOL_DIRECTION] = protocolDirection(packet);
    words[taken + INTERFACE] = packet.interfaceIndex;
    doubles[(taken + TIME_US) >> 1] = packet.timeUs;
    return taken;
  }

  #holds(at: number, packet: DecodedPacket): boolean {
    const words = this.#words;
    return (
      words[at + ID] === packet.fragmentId &&
      words[at + PROTOCOL_DIRECTION] === protocolDirection(packet) &&
      words[at + INTERFACE] === packet.interfaceIndex &&
      words[at + SOURCE + 3] === packet.source3 &&
      words[at + DESTINATION + 3] === packet.destination3 &&
      words[at + SOURCE] === packet.source0 &&
      words[at + SOURCE + 1] === packet.source1 &&
      words[at + SOURCE + 2] === packet.source2 &&
      words[at + DESTINATION] === packet.destination0 &&
      words[at + DESTINATION + 1] === packet.destination1 &&
      words[at + DESTINATION + 2] === packet.destination2
    );
  }
}

/** An IPv4 packet's fragments share its protocol too; an IPv6 packet's need not name the same next header (RFC 8200 section 4.5). */
function protocolDirection(packet: DecodedPacket): number {
  const protocol = packet.source2 === IPV4_MAPPED && packet.source0 === 0 ? packet.protocol : 0;
  return protocol | (packet.direction << 8) | IN_USE;
}

function setOf(packet: DecodedPacket): number {
  let hash = Math.imul(packet.fragmentId ^ packet.source3, 0x9e3779b1);
  hash = Math.imul((hash >>> 15) ^ hash ^ packet.destination3, 0x85ebca77);
  return (hash >>> 16) & (SETS - 1);
}
