/** EtherTypes that are told apart (IEEE 802 numbers at IANA). */
export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
/** "Transparent Ethernet bridging": an Ethernet frame inside GRE (RFC 1701) or Geneve. */
export const ETHERTYPE_ETHERNET = 0x6558;
export const ETHERTYPE_IPV6 = 0x86dd;
