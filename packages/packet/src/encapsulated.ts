import type { DecodedPacket } from "./decoded-packet.js";
import * as encapsulations from "./encapsulations.js";
import { isEsp } from "./esp.js";
import { enterGeneve } from "./geneve.js";
import { enterGre } from "./gre.js";
import { enterIpip, enterSit } from "./ip-in-ip.js";
import * as protocols from "./protocols.js";
import { isSleeve } from "./sleeve.js";
import * as statuses from "./status.js";
import { enterVxlanGpe } from "./vxlan-gpe.js";
import { isWireGuard } from "./wireguard.js";

// Own copies: see status.ts.
const {
  ENCAPSULATION_ESP,
  ENCAPSULATION_GENEVE,
  ENCAPSULATION_GRE,
  ENCAPSULATION_IPIP,
  ENCAPSULATION_NONE,
  ENCAPSULATION_SIT,
  ENCAPSULATION_SLEEVE,
  ENCAPSULATION_VXLAN_GPE,
  ENCAPSULATION_WIREGUARD,
} = encapsulations;
const { PROTOCOL_ESP, PROTOCOL_GRE, PROTOCOL_IPIP, PROTOCOL_IPV6 } = protocols;
const { STATUS_PLAIN } = statuses;

/** The encapsulation that an IP protocol number is, as UDP ports are by the decoder's table; NVGRE is found out as GRE. */
export function encapsulationOfProtocol(protocol: number): number {
  switch (protocol) {
    case PROTOCOL_IPIP:
      return ENCAPSULATION_IPIP;
    case PROTOCOL_IPV6:
      return ENCAPSULATION_SIT;
    case PROTOCOL_GRE:
      return ENCAPSULATION_GRE;
    case PROTOCOL_ESP:
      return ENCAPSULATION_ESP;
    default:
      return ENCAPSULATION_NONE;
  }
}

/**
 * Every encapsulation but VXLAN: `packet` stands at the payload of UDP or IP.
 *
 * @returns STATUS_COUNTED where it stands at what is inside now, STATUS_PLAIN where it is to be counted as it is, or why it is not counted
 */
export function enterEncapsulation(view: DataView, packet: DecodedPacket, encapsulation: number): number {
  switch (encapsulation) {
    case ENCAPSULATION_GENEVE:
      return enterGeneve(view, packet);
    case ENCAPSULATION_IPIP:
      return enterIpip(view, packet);
    case ENCAPSULATION_SIT:
      return enterSit(view, packet);
    case ENCAPSULATION_GRE:
      return enterGre(view, packet);
    case ENCAPSULATION_VXLAN_GPE:
      return enterVxlanGpe(view, packet);
    default:
      if (isOpaque(view, packet, encapsulation)) nameOpaque(packet, encapsulation);
      return STATUS_PLAIN;
  }
}

function isOpaque(view: DataView, packet: DecodedPacket, encapsulation: number): boolean {
  switch (encapsulation) {
    case ENCAPSULATION_WIREGUARD:
      return isWireGuard(view, packet);
    case ENCAPSULATION_ESP:
      return isEsp(view, packet);
    case ENCAPSULATION_SLEEVE:
      return isSleeve(packet);
    default:
      return false;
  }
}

/** Nothing inside is known: the packet stays the UDP or ESP packet that it is. Inside a tunnel, that tunnel stays its encapsulation. */
function nameOpaque(packet: DecodedPacket, encapsulation: number): void {
  if (packet.encapsulationDepth === 0) packet.encapsulation = encapsulation;
}
