/**
 * Offsets in bytes of what the packet walk reads of the kernel's structures (linux/if_packet.h).
 * native/ring.c asserts each of them against the header at compile time.
 * All numbers there are in the host's byte order, as typed arrays are.
 */

/** struct tpacket_block_desc */
export const BLOCK_PACKETS = 12;
export const BLOCK_FIRST_PACKET = 16;

/** struct tpacket3_hdr */
export const PACKET_NEXT = 0;
export const PACKET_SECONDS = 4;
export const PACKET_NANOSECONDS = 8;
export const PACKET_CAPTURED = 12;
export const PACKET_WIRE = 16;
export const PACKET_STATUS = 20;
export const PACKET_FRAME = 24;
export const PACKET_VLAN_TCI = 32;

/** struct sockaddr_ll, which follows the packet header; from the packet's start. */
export const ADDRESS_INTERFACE = 48 + 4;
export const ADDRESS_DEVICE_TYPE = 48 + 8;
export const ADDRESS_PACKET_TYPE = 48 + 10;

/** struct virtio_net_hdr, where it was asked for, lies before the frame: how long before it its gso_size does. */
export const SEGMENT_SIZE_BEFORE_FRAME = 10 - 4;

/** TP_STATUS_VLAN_VALID: the VLAN fields hold a tag. */
export const STATUS_VLAN_VALID = 1 << 4;
/** PACKET_OUTGOING of sll_pkttype. */
export const PACKET_TYPE_OUTGOING = 4;
