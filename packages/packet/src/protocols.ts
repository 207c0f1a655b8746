/** IANA protocol numbers of what is decoded above IP. */
export const PROTOCOL_ICMP = 1;
/** IPv4 inside IP. */
export const PROTOCOL_IPIP = 4;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
/** IPv6 inside IP. */
export const PROTOCOL_IPV6 = 41;
export const PROTOCOL_GRE = 47;
export const PROTOCOL_ESP = 50;
export const PROTOCOL_ICMPV6 = 58;
export const PROTOCOL_SCTP = 132;
