import { clearRareFields, type DecodedPacket } from "./decoded-packet.js";
import { encapsulationOfProtocol, enterEncapsulation } from "./encapsulated.js";
import * as encapsulations from "./encapsulations.js";
import * as etherTypes from "./ether-types.js";
import { decodeEthernet } from "./ethernet.js";
import { decodeIp } from "./ip.js";
import { decodeOtherLink } from "./link.js";
import * as linkTypes from "./link-types.js";
import * as protocols from "./protocols.js";
import * as statuses from "./status.js";
import { enterVxlan } from "./vxlan.js";

// Own copies: see status.ts.
const { ENCAPSULATION_NONE, ENCAPSULATION_VXLAN } = encapsulations;
const { ETHERTYPE_ETHERNET } = etherTypes;
const { LINKTYPE_ETHERNET } = linkTypes;
const { PROTOCOL_TCP, PROTOCOL_UDP } = protocols;
const { STATUS_COUNTED, STATUS_PLAIN } = statuses;

/** Tunnels that are stepped into; one more inside them counts as the plain packet that it is. */
const DEEPEST_ENCAPSULATION = 2;

/** Decodes any frame, layer by layer: each layer finds its place in the struct, and leaves there where the next one begins. */
export class LayerDecoder {
  /** ENCAPSULATION_ constant by UDP destination port. */
  readonly #encapsulations: Uint8Array;

  constructor(encapsulations: Uint8Array) {
    this.#encapsulations = encapsulations;
  }

  /** As FrameDecoder's, with the ends of the frame, captured and on the wire, as offsets. */
  decode(
    packet: DecodedPacket,
    view: DataView,
    offset: number,
    end: number,
    wireEnd: number,
    linkType: number,
    vlanTag: number,
  ): number {
    packet.offset = offset;
    packet.end = end;
    packet.wireEnd = wireEnd;
    packet.vlan = vlanTag < 0 ? 0 : vlanTag & 0xfff;
    packet.vni = -1;
    packet.encapsulation = ENCAPSULATION_NONE;
    packet.encapsulationDepth = 0;
    if (packet.hasRareFields !== 0) clearRareFields(packet);
    const status =
      linkType === LINKTYPE_ETHERNET ? decodeEthernet(view, packet) : decodeOtherLink(view, packet, linkType);
    return status === STATUS_COUNTED ? this.#decodeNetwork(view, packet) : status;
  }

  #decodeNetwork(view: DataView, packet: DecodedPacket): number {
    const status = decodeIp(view, packet);
    const protocol = packet.protocol;
    if (status !== STATUS_COUNTED || protocol === PROTOCOL_TCP) return status;
    const encapsulation =
      protocol === PROTOCOL_UDP
        ? this.#encapsulations[packet.destinationPort]
        : encapsulationOfProtocol(protocol);
    if (encapsulation === ENCAPSULATION_NONE) return STATUS_COUNTED;
    return this.#decodeInner(view, packet, encapsulation);
  }

  /** The packet inside a tunnel, which may be a tunnel again. */
  #decodeInner(view: DataView, packet: DecodedPacket, encapsulation: number): number {
    const status =
      encapsulation === ENCAPSULATION_VXLAN
        ? enterVxlan(view, packet)
        : enterEncapsulation(view, packet, encapsulation);
    if (status !== STATUS_COUNTED) return status === STATUS_PLAIN ? STATUS_COUNTED : status;
    if (packet.etherType === ETHERTYPE_ETHERNET) {
      const outerVlan = packet.vlan;
      const inner = decodeEthernet(view, packet);
      packet.vlan = outerVlan;
      if (inner !== STATUS_COUNTED) return inner;
    }
    return packet.encapsulationDepth < DEEPEST_ENCAPSULATION
      ? this.#decodeNetwork(view, packet)
      : decodeIp(view, packet);
  }
}
