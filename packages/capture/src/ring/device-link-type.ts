import { LINKTYPE_ETHERNET, LINKTYPE_RAW, LINKTYPE_UNKNOWN } from "../frame-source.js";

/**
 * What a packet socket's frames begin with, by the device's ARPHRD_ type (linux/if_arp.h). Tunnels and tun devices
 * have no link-layer header of their own: their frames begin with the IP header.
 */
const LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [1, LINKTYPE_ETHERNET], // ARPHRD_ETHER: veth, bridge, VXLAN, Geneve, gretap, NICs
  [772, LINKTYPE_ETHERNET], // ARPHRD_LOOPBACK
  [519, LINKTYPE_RAW], // ARPHRD_RAWIP
  [768, LINKTYPE_RAW], // ARPHRD_TUNNEL: IP-in-IP
  [769, LINKTYPE_RAW], // ARPHRD_TUNNEL6
  [776, LINKTYPE_RAW], // ARPHRD_SIT
  [778, LINKTYPE_RAW], // ARPHRD_IPGRE
  [823, LINKTYPE_RAW], // ARPHRD_IP6GRE
  [65534, LINKTYPE_RAW], // ARPHRD_NONE: tun, WireGuard
]);

export function deviceLinkType(deviceType: number): number {
  return LINK_TYPES.get(deviceType) ?? LINKTYPE_UNKNOWN;
}
