/** Which way a frame passed the interface, as seen by the node (the numbers of packages/capture). */
export const DIRECTION_INGRESS = 0;
export const DIRECTION_EGRESS = 1;
export const DIRECTION_UNKNOWN = 2;
