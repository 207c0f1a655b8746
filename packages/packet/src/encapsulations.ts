/**
 * How a packet was encapsulated, by its outermost tunnel. From {@link ENCAPSULATION_WIREGUARD} on they are opaque: nothing inside is
 * decoded, and the packet is counted as the UDP or ESP flow that it is.
 */
export const ENCAPSULATION_NONE = 0;
export const ENCAPSULATION_VXLAN = 1;
export const ENCAPSULATION_VXLAN_GPE = 2;
export const ENCAPSULATION_GENEVE = 3;
/** IPv4 in IPv4 or IPv6 (protocol 4). */
export const ENCAPSULATION_IPIP = 4;
/** IPv6 in IPv4, and IPv6 in IPv6, which has the same protocol number (41). */
export const ENCAPSULATION_SIT = 5;
export const ENCAPSULATION_GRE = 6;
export const ENCAPSULATION_NVGRE = 7;
export const ENCAPSULATION_WIREGUARD = 8;
export const ENCAPSULATION_ESP = 9;
export const ENCAPSULATION_SLEEVE = 10;

/** Names by ENCAPSULATION_ constant: stable, for columns and output. */
export const ENCAPSULATION_NAMES: readonly string[] = [
  "none",
  "vxlan",
  "vxlan-gpe",
  "geneve",
  "ipip",
  "sit",
  "gre",
  "nvgre",
  "wireguard",
  "esp",
  "sleeve",
];
