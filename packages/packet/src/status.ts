/**
 * What became of a frame: {@link STATUS_COUNTED}, or the reason why it is not counted in a flow.
 *
 * `truncated_*`: the capture cut the frame before the fields that are needed (snap length).
 * `bad_*`: the packet's own lengths or versions contradict each other or the wire.
 * The other reasons are of sound frames that no flow is made of.
 *
 * Hot code takes these, and all imported constants, into constants of its module (`const { STATUS_ARP } = statuses`): V8
 * (Node 20) folds a module's own constants into machine code, but reads imported and exported ones through a cell at
 * each use. Measured on the whole way from frame to flow table: a tenth of the time.
 */
export const STATUS_COUNTED = 0;
export const STATUS_UNSUPPORTED_LINK_TYPE = 1;
export const STATUS_TRUNCATED_ETHERNET = 2;
export const STATUS_TRUNCATED_VLAN = 3;
export const STATUS_TRUNCATED_LINUX_COOKED = 4;
export const STATUS_ARP = 5;
export const STATUS_NOT_IP = 6;
export const STATUS_TRUNCATED_IPV4 = 7;
export const STATUS_BAD_IP_VERSION = 8;
export const STATUS_BAD_IPV4_HEADER_LENGTH = 9;
export const STATUS_BAD_IPV4_TOTAL_LENGTH = 10;
export const STATUS_TRUNCATED_IPV6 = 11;
export const STATUS_BAD_IPV6_PAYLOAD_LENGTH = 12;
export const STATUS_BAD_IPV6_EXTENSION_HEADER = 13;
/**
 * A fragment after the first: it has no ports. The packet's addresses, protocol, lengths, fragment and tunnel fields are filled, so that
 * its connection can be looked up.
 */
export const STATUS_FRAGMENT = 14;
export const STATUS_TRUNCATED_TCP = 15;
export const STATUS_BAD_TCP_HEADER_LENGTH = 16;
export const STATUS_TRUNCATED_UDP = 17;
export const STATUS_BAD_UDP_LENGTH = 18;
export const STATUS_TRUNCATED_ICMP = 19;
export const STATUS_BAD_ICMP_LENGTH = 20;
/** ICMPv6 neighbour discovery and multicast listener messages: what ARP and IGMP are to IPv4, no conversation. */
export const STATUS_NEIGHBOUR_DISCOVERY = 21;
export const STATUS_TRUNCATED_VXLAN = 22;
export const STATUS_TRUNCATED_SCTP = 23;
export const STATUS_BAD_SCTP_LENGTH = 24;
export const STATUS_TRUNCATED_GENEVE = 25;
export const STATUS_TRUNCATED_GRE = 26;
export const STATUS_TRUNCATED_NFLOG = 27;
export const STATUS_BAD_NFLOG = 28;
/** The two are answers of decodeDns only: a packet whose DNS message is cut or broken is counted all the same. */
export const STATUS_TRUNCATED_DNS = 29;
export const STATUS_BAD_DNS = 30;
/** A later fragment of a packet that carries a tunnel: what is in it was counted whole with the first one. */
export const STATUS_TUNNEL_FRAGMENT = 31;

/** Within the decoder: what looked like a tunnel by its port or protocol is none, and counts as the plain packet that it is. */
export const STATUS_PLAIN = -1;

/** Names of the reasons, by status: stable, for counters and metrics. `STATUS_NAMES[STATUS_COUNTED]` is `counted`. */
export const STATUS_NAMES: readonly string[] = [
  "counted",
  "unsupported_link_type",
  "truncated_ethernet",
  "truncated_vlan",
  "truncated_linux_cooked",
  "arp",
  "not_ip",
  "truncated_ipv4",
  "bad_ip_version",
  "bad_ipv4_header_length",
  "bad_ipv4_total_length",
  "truncated_ipv6",
  "bad_ipv6_payload_length",
  "bad_ipv6_extension_header",
  "fragment",
  "truncated_tcp",
  "bad_tcp_header_length",
  "truncated_udp",
  "bad_udp_length",
  "truncated_icmp",
  "bad_icmp_length",
  "neighbour_discovery",
  "truncated_vxlan",
  "truncated_sctp",
  "bad_sctp_length",
  "truncated_geneve",
  "truncated_gre",
  "truncated_nflog",
  "bad_nflog",
  "truncated_dns",
  "bad_dns",
  "tunnel_fragment",
];
