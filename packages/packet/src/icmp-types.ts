import * as protocols from "./protocols.js";

// Own copy: see status.ts.
const { PROTOCOL_ICMP } = protocols;

/** Types of ICMP messages that are told apart (RFC 792). */
export const ICMP_ECHO_REPLY = 0;
export const ICMP_UNREACHABLE = 3;
export const ICMP_SOURCE_QUENCH = 4;
export const ICMP_REDIRECT = 5;
export const ICMP_ECHO_REQUEST = 8;
export const ICMP_TIME_EXCEEDED = 11;
export const ICMP_PARAMETER_PROBLEM = 12;

/** Code of {@link ICMP_UNREACHABLE} (RFC 1191 section 4). */
export const ICMP_FRAGMENTATION_NEEDED = 4;

/** Types of ICMPv6 messages that are told apart (RFC 4443 section 2.1). */
export const ICMPV6_UNREACHABLE = 1;
export const ICMPV6_PACKET_TOO_BIG = 2;
export const ICMPV6_TIME_EXCEEDED = 3;
export const ICMPV6_PARAMETER_PROBLEM = 4;
export const ICMPV6_ECHO_REQUEST = 128;
export const ICMPV6_ECHO_REPLY = 129;

/** Whether a message of this type is an echo or its reply: the two are one connection by their identifier. */
export function isIcmpEcho(protocol: number, type: number): boolean {
  return protocol === PROTOCOL_ICMP
    ? type === ICMP_ECHO_REQUEST || type === ICMP_ECHO_REPLY
    : type === ICMPV6_ECHO_REQUEST || type === ICMPV6_ECHO_REPLY;
}
