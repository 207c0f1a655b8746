import type { DecodedPacket } from "@hopline/packet";
import { ADDRESS_BYTES, DIRECTION_EGRESS, DIRECTION_INGRESS, formatAddress } from "@hopline/packet";

/** So many addresses are told apart on one interface; further ones are only known to be there. */
const MOST_ADDRESSES = 4096;

/** In how many packets an address was seen, and on which side of the interface. */
export interface AddressSightings {
  packets: number;
  /** Packets that say it lies beyond the interface, seen from the node: it sent what came in, or got what went out. */
  beyond: number;
  /** Packets that say it lies on the node's own side. Both counts stay 0 where a capture has no directions. */
  near: number;
}

/**
 * What a capture shows of one of its interfaces: whose packets pass it, in which direction, and whether some of them
 * carry others in a tunnel. From this {@link inferRoles} tells what the interface is. Memory is bounded.
 */
export class InterfaceEvidence {
  readonly name: string;
  /** Packets between unicast addresses. */
  packets = 0;
  /** Packets that came inside another one, whose addresses are in `outer`. */
  tunnelled = 0;
  /** Inner addresses, as text. */
  readonly addresses = new Map<string, AddressSightings>();
  readonly outer = new Map<string, AddressSightings>();
  /** One address, for making text of it. */
  readonly #bytes = new Uint8Array(ADDRESS_BYTES);
  readonly #words = new DataView(this.#bytes.buffer);

  /** @param name as the capture calls the interface */
  constructor(name: string) {
    this.name = name;
  }

  /** Takes in a packet that was decoded whole (STATUS_COUNTED), its direction filled in as far as it is known. */
  add(packet: DecodedPacket): void {
    const { direction } = packet;
    const source = this.#text(packet.source0, packet.source1, packet.source2, packet.source3);
    const destination = this.#text(
      packet.destination0,
      packet.destination1,
      packet.destination2,
      packet.destination3,
    );
    if (!isUnicast(source) || !isUnicast(destination)) return;
    this.packets++;
    see(this.addresses, source, direction, DIRECTION_INGRESS, DIRECTION_EGRESS);
    if (destination !== source)
      see(this.addresses, destination, direction, DIRECTION_EGRESS, DIRECTION_INGRESS);
    if (packet.encapsulationDepth === 0) return;
    this.tunnelled++;
    const { outerSource0, outerSource1, outerSource2, outerSource3 } = packet;
    const { outerDestination0, outerDestination1, outerDestination2, outerDestination3 } = packet;
    const from = this.#text(outerSource0, outerSource1, outerSource2, outerSource3);
    const to = this.#text(outerDestination0, outerDestination1, outerDestination2, outerDestination3);
    see(this.outer, from, direction, DIRECTION_INGRESS, DIRECTION_EGRESS);
    see(this.outer, to, direction, DIRECTION_EGRESS, DIRECTION_INGRESS);
  }

  /** Whether the capture tells which way packets went. */
  get hasDirections(): boolean {
    return [...this.addresses.values()].some(({ beyond, near }) => beyond + near > 0);
  }

  /** Addresses that are an end of every packet of their family: whose interface this is, if there is one alone. */
  constantAddresses(): string[] {
    return ["ipv4", "ipv6"].flatMap((family) => {
      const ofFamily = [...this.addresses].filter(([address]) => familyOf(address) === family);
      // Each packet has two ends.
      const packets = ofFamily.reduce((sum, [, seen]) => sum + seen.packets, 0) / 2;
      return ofFamily.filter(([, seen]) => seen.packets === packets).map(([address]) => address);
    });
  }

  #text(word0: number, word1: number, word2: number, word3: number): string {
    this.#words.setInt32(0, word0);
    this.#words.setInt32(4, word1);
    this.#words.setInt32(8, word2);
    this.#words.setInt32(12, word3);
    return formatAddress(this.#bytes);
  }
}

function see(
  sightings: Map<string, AddressSightings>,
  address: string,
  direction: number,
  beyondOn: number,
  nearOn: number,
): void {
  let seen = sightings.get(address);
  if (seen === undefined) {
    if (sightings.size >= MOST_ADDRESSES) return;
    seen = { packets: 0, beyond: 0, near: 0 };
    sightings.set(address, seen);
  }
  seen.packets++;
  if (direction === beyondOn) seen.beyond++;
  else if (direction === nearOn) seen.near++;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return address.includes(":") ? "ipv6" : "ipv4";
}

/** Neither unspecified, link-local, multicast nor the limited broadcast: an address that tells whose packet it is. */
function isUnicast(address: string): boolean {
  if (address.includes(":")) return address !== "::" && !/^(ff|fe[89ab])/.test(address);
  const [first = 0, second = 0] = address.split(".", 2).map(Number);
  return first > 0 && first < 224 && !(first === 169 && second === 254);
}
