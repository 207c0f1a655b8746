/** What the cells of a filter program hold. */

/** Offset of the IP header. */
export const NETWORK_OFFSET = 0;
/** IP protocol number. */
export const PROTOCOL = 1;
/** Offset of what follows the IP header. */
export const TRANSPORT_OFFSET = 2;
/** 1 where the frame's interface is watched, 0 where only a focus is. */
export const WATCHED = 3;
/** A port, while the other one is looked at. */
export const PORT = 4;
