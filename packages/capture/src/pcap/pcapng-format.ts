/** Numbers of the pcapng format (draft-ietf-opsawg-pcapng). */

export const BLOCK_SECTION_HEADER = 0x0a0d0d0a;
export const BLOCK_INTERFACE_DESCRIPTION = 1;
/** Obsolete; still found in old files. */
export const BLOCK_PACKET = 2;
export const BLOCK_SIMPLE_PACKET = 3;
export const BLOCK_INTERFACE_STATISTICS = 5;
export const BLOCK_ENHANCED_PACKET = 6;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Type and total length, and the total length again at the end. */
export const BLOCK_FRAMING_BYTES = 12;

export const OPTION_END = 0;
export const SECTION_APPLICATION = 4;
export const INTERFACE_NAME = 2;
export const INTERFACE_TIME_RESOLUTION = 9;
export const INTERFACE_TIME_OFFSET = 14;
export const PACKET_FLAGS = 2;
export const STATISTICS_RECEIVED = 4;
export const STATISTICS_INTERFACE_DROPS = 5;
export const STATISTICS_SYSTEM_DROPS = 7;

/** The two lowest bits of the packet flags. */
export const FLAGS_INBOUND = 1;
export const FLAGS_OUTBOUND = 2;

/** Blocks and options are padded to 4 bytes. */
export function padded(bytes: number): number {
  return (bytes + 3) & ~3;
}
