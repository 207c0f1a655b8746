import {
  type DecodedPacket,
  formatAddress,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  TCP_ACK,
  TCP_SYN,
} from "@hopline/packet";

/** One side of a translation: addresses as text. */
export interface ObservedTuple {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

/** A connection whose tuple changed on its way through the node. */
export interface ObservedTranslation {
  readonly protocol: number;
  /** When its first packet was seen, microseconds since the Unix epoch. */
  readonly timeUs: number;
  /** As its initiator sent it. */
  readonly original: ObservedTuple;
  /** As it went on. */
  readonly serverSeen: ObservedTuple;
}

/** Who may be behind a translation, where datagrams alone do not tell. */
export interface TranslatingParties {
  isService(address: string, port: number, protocol: number, timeMs: number): boolean;
  isNode(address: string, timeMs: number): boolean;
}

interface Sighting {
  readonly timeUs: number;
  readonly first: ObservedTuple;
  last: ObservedTuple;
}

/** A packet crosses its node within this time, slow ones too. */
const CROSSING_US = 50_000;
/** Datagrams alike are too many for more. */
const DATAGRAM_CROSSING_US = 5000;
/** Connections that were open when the capture began are looked for in so many segments; naming each costs time. */
const MIDSTREAM_SEGMENTS = 200_000;
/** The kernel forgets a UDP entry that was silent for so long. */
const UDP_LIFETIME_US = 30_000_000;
/** So many sightings are kept for their second half to come; then the older half is forgotten. */
const MOST_SIGHTINGS = 65_536;

/**
 * Finds in a capture of several interfaces of one node what conntrack would have told: the same packet before and after
 * its addresses were rewritten. A SYN is the same by its 32-bit initial sequence number, which translation keeps; a datagram, or a
 * segment in the middle of a connection, by what else is kept, if it went to a Service or left under the node's address.
 */
export class ObservedTranslations {
  readonly #parties: TranslatingParties;
  readonly #synsBySequence = new Map<number, Sighting>();
  /** Packets to a Service, and those on their way out, by what a translation of them keeps. */
  readonly #waiting = new Map<string, Sighting>();
  #midstream = 0;
  /** Last found, by protocol and original tuple: told again when the kernel will have forgotten it. */
  readonly #found = new Map<string, ObservedTranslation>();
  readonly #translations: ObservedTranslation[] = [];
  readonly #bytes = new Uint8Array(16);
  readonly #words = new DataView(this.#bytes.buffer);

  constructor(parties: TranslatingParties) {
    this.#parties = parties;
  }

  /** In the order of their first packets. */
  get translations(): readonly ObservedTranslation[] {
    const syns = [...this.#synsBySequence.values()].flatMap((sighting) => synTranslation(sighting));
    return [...this.#translations, ...syns].sort((one, other) => one.timeUs - other.timeUs);
  }

  /** Takes in a packet that was decoded whole. Packets have to come in the order of their times, or nearly. */
  see(packet: DecodedPacket): void {
    if (packet.protocol === PROTOCOL_TCP) {
      if ((packet.tcpFlags & (TCP_SYN | TCP_ACK)) === TCP_SYN) this.#seeSyn(packet);
      else if (this.#midstream++ < MIDSTREAM_SEGMENTS) this.#seeDialled(packet, String(packet.sequence));
    } else if (packet.protocol === PROTOCOL_UDP) this.#seeDatagram(packet);
  }

  #seeSyn(packet: DecodedPacket): void {
    const tuple = this.#tuple(packet);
    const { timeUs, sequence } = packet;
    const sighting = this.#synsBySequence.get(sequence);
    if (sighting !== undefined && timeUs - sighting.timeUs < CROSSING_US) {
      sighting.last = tuple;
      return;
    }
    if (sighting !== undefined) {
      // The same SYN sent again is known already.
      if (isSame(sighting.first, tuple) || isSame(sighting.last, tuple)) return;
      this.#translations.push(...synTranslation(sighting));
    }
    this.#synsBySequence.set(sequence, { timeUs, first: tuple, last: tuple });
  }

  #seeDatagram(packet: DecodedPacket): void {
    const tuple = this.#seeDialled(packet, "");
    if (tuple === undefined) return;
    const { timeUs, payloadBytes } = packet;
    const outward = `${tuple.destination} ${tuple.destinationPort} ${payloadBytes}`;
    if (!this.#parties.isNode(tuple.source, timeUs / 1000)) this.#remember(outward, tuple, timeUs);
    else this.#match(outward, PROTOCOL_UDP, tuple, timeUs);
  }

  /** Returns the packet's tuple where it did not go to a Service. */
  #seeDialled(packet: DecodedPacket, mark: string): ObservedTuple | undefined {
    const tuple = this.#tuple(packet);
    const { protocol, timeUs, payloadBytes } = packet;
    const kept = `${protocol} ${tuple.source} ${tuple.sourcePort} ${mark} ${payloadBytes}`;
    if (this.#parties.isService(tuple.destination, tuple.destinationPort, protocol, timeUs / 1000)) {
      this.#remember(kept, tuple, timeUs);
      return undefined;
    }
    this.#match(kept, protocol, tuple, timeUs);
    return tuple;
  }

  #remember(key: string, tuple: ObservedTuple, timeUs: number): void {
    const before = this.#waiting.get(key);
    if (before !== undefined && timeUs - before.timeUs < DATAGRAM_CROSSING_US) return;
    this.#waiting.delete(key);
    this.#waiting.set(key, { timeUs, first: tuple, last: tuple });
    if (this.#waiting.size > MOST_SIGHTINGS) forgetHalf(this.#waiting);
  }

  #match(key: string, protocol: number, serverSeen: ObservedTuple, timeUs: number): void {
    const sighting = this.#waiting.get(key);
    if (sighting === undefined || timeUs - sighting.timeUs >= DATAGRAM_CROSSING_US) return;
    this.#waiting.delete(key);
    const { first } = sighting;
    const name = JSON.stringify([protocol, first]);
    const before = this.#found.get(name);
    const isKnown = before !== undefined && isSame(before.serverSeen, serverSeen);
    if (isKnown && (protocol === PROTOCOL_TCP || timeUs - before.timeUs < UDP_LIFETIME_US)) return;
    const translation = { protocol, timeUs: sighting.timeUs, original: first, serverSeen };
    this.#found.set(name, translation);
    if (this.#found.size > MOST_SIGHTINGS) forgetHalf(this.#found);
    this.#translations.push(translation);
  }

  #tuple(packet: DecodedPacket): ObservedTuple {
    const { source0, source1, source2, source3, sourcePort, destinationPort } = packet;
    const { destination0, destination1, destination2, destination3 } = packet;
    return {
      source: this.#text(source0, source1, source2, source3),
      sourcePort,
      destination: this.#text(destination0, destination1, destination2, destination3),
      destinationPort,
    };
  }

  #text(word0: number, word1: number, word2: number, word3: number): string {
    this.#words.setInt32(0, word0);
    this.#words.setInt32(4, word1);
    this.#words.setInt32(8, word2);
    this.#words.setInt32(12, word3);
    return formatAddress(this.#bytes);
  }
}

/** The lines of a conntrack log (packages/conntrack, ConntrackRecorder) that tell of these translations. */
export function conntrackLogOf(translations: readonly ObservedTranslation[]): string {
  return translations
    .map(({ protocol, timeUs, original, serverSeen }, at) => {
      const { source, sourcePort, destination, destinationPort } = serverSeen;
      const record = {
        ...{ timeUs: Math.floor(timeUs), event: "new", id: at + 1, zone: 0, protocol },
        original: [original.source, original.sourcePort, original.destination, original.destinationPort],
        reply: [destination, destinationPort, source, sourcePort],
      };
      return `${JSON.stringify(record)}\n`;
    })
    .join("");
}

function synTranslation({ first, last, timeUs }: Sighting): ObservedTranslation[] {
  return isSame(first, last) ? [] : [{ protocol: PROTOCOL_TCP, timeUs, original: first, serverSeen: last }];
}

function isSame(one: ObservedTuple, other: ObservedTuple): boolean {
  return (
    one.source === other.source &&
    one.sourcePort === other.sourcePort &&
    one.destination === other.destination &&
    one.destinationPort === other.destinationPort
  );
}

function forgetHalf(oldestFirst: Map<string, unknown>): void {
  let left = oldestFirst.size / 2;
  for (const key of oldestFirst.keys()) {
    if (left-- <= 0) return;
    oldestFirst.delete(key);
  }
}
