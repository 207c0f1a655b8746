/*
 * The columns of rows that have been exported and not been taken yet: the arrays of HopRows (src/hop-rows.ts) by the same names, which
 * src/compiled-table.ts looks them up by. They are few enough to stay in the processor's cache; who fills the last row has them taken.
 *
 * The columns that most rows have nothing for are zero in a new row (clearRows), so that who writes one leaves those alone that
 * have nothing to say; all others must be written.
 */

/** Rows that there is room for. */
export const ROW_CAPACITY: i32 = 512;
/**
 * Columns whose distance is a power of two share one set of the processor's cache, which holds fewer lines than a row
 * has columns: each write would push out another column's line.
 */
const STAGGER: i32 = 5 * 64;

export const firstUs: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const lastUs: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const packets: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const bytes: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const payloadBytes: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const payloadPackets: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const retransmittedBytes: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const retransmittedPackets: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const outOfOrderBytes: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const outOfOrderPackets: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const gapBytes: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const synPackets: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const synAckPackets: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const finPackets: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const rstPackets: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const zeroWindowPackets: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const handshakeUs: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const dataRoundTripSumUs: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const dataRoundTripCount: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const timestampRoundTripCount: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const superFrames: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const superFrameSegments: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const fragments: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const icmpErrors: usize = memory.data(8 * ROW_CAPACITY + STAGGER, 64);
export const windowStarts: usize = memory.data(4 * ROW_CAPACITY + STAGGER, 64);
export const interfaceIndexes: usize = memory.data(4 * ROW_CAPACITY + STAGGER, 64);
export const vnis: usize = memory.data(4 * ROW_CAPACITY + STAGGER, 64);
export const icmpErrorMtus: usize = memory.data(4 * ROW_CAPACITY + STAGGER, 64);
export const sourcePorts: usize = memory.data(2 * ROW_CAPACITY + STAGGER, 64);
export const destinationPorts: usize = memory.data(2 * ROW_CAPACITY + STAGGER, 64);
export const vlans: usize = memory.data(2 * ROW_CAPACITY + STAGGER, 64);
export const maximumSegmentSizes: usize = memory.data(2 * ROW_CAPACITY + STAGGER, 64);
export const sourceAddresses: usize = memory.data(16 * ROW_CAPACITY + STAGGER, 64);
export const destinationAddresses: usize = memory.data(16 * ROW_CAPACITY + STAGGER, 64);
export const outerSourceAddresses: usize = memory.data(16 * ROW_CAPACITY + STAGGER, 64);
export const outerDestinationAddresses: usize = memory.data(16 * ROW_CAPACITY + STAGGER, 64);
export const icmpErrorSources: usize = memory.data(16 * ROW_CAPACITY + STAGGER, 64);
export const protocols: usize = memory.data(1 * ROW_CAPACITY + STAGGER, 64);
export const directions: usize = memory.data(1 * ROW_CAPACITY + STAGGER, 64);
export const initiators: usize = memory.data(1 * ROW_CAPACITY + STAGGER, 64);
export const rowFlags: usize = memory.data(1 * ROW_CAPACITY + STAGGER, 64);
export const tcpFlags: usize = memory.data(1 * ROW_CAPACITY + STAGGER, 64);
export const tcpOptions: usize = memory.data(1 * ROW_CAPACITY + STAGGER, 64);
export const windowScales: usize = memory.data(1 * ROW_CAPACITY + STAGGER, 64);
export const closings: usize = memory.data(1 * ROW_CAPACITY + STAGGER, 64);
export const encapsulations: usize = memory.data(1 * ROW_CAPACITY + STAGGER, 64);
export const icmpErrorTypes: usize = memory.data(1 * ROW_CAPACITY + STAGGER, 64);
export const icmpErrorCodes: usize = memory.data(1 * ROW_CAPACITY + STAGGER, 64);

/** Makes all columns that need not be written zero again, in the first `count` rows. */
export function clearRows(count: i32): void {
  clear(retransmittedBytes, 8, count);
  clear(retransmittedPackets, 8, count);
  clear(outOfOrderBytes, 8, count);
  clear(outOfOrderPackets, 8, count);
  clear(gapBytes, 8, count);
  clear(synPackets, 8, count);
  clear(synAckPackets, 8, count);
  clear(finPackets, 8, count);
  clear(rstPackets, 8, count);
  clear(zeroWindowPackets, 8, count);
  clear(dataRoundTripSumUs, 8, count);
  clear(dataRoundTripCount, 8, count);
  clear(timestampRoundTripCount, 8, count);
  clear(superFrames, 8, count);
  clear(superFrameSegments, 8, count);
  clear(fragments, 8, count);
  clear(icmpErrors, 8, count);
  clear(icmpErrorTypes, 1, count);
  clear(icmpErrorCodes, 1, count);
  clear(icmpErrorSources, 16, count);
  clear(icmpErrorMtus, 4, count);
  clear(tcpOptions, 1, count);
  clear(maximumSegmentSizes, 2, count);
  clear(closings, 1, count);
  clear(encapsulations, 1, count);
  clear(outerSourceAddresses, 16, count);
  clear(outerDestinationAddresses, 16, count);
}

function clear(column: usize, bytes: usize, count: i32): void {
  memory.fill(column, 0, <usize>count * bytes);
}
