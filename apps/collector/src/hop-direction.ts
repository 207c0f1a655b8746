/** Values of a hop row's `direction` column (packages/batch, HOP_COLUMNS): as seen by the node. */
export const DIRECTION_INGRESS = 0;
export const DIRECTION_EGRESS = 1;
/** The source could not tell: a file without directions, or the `cap` package. */
export const DIRECTION_UNKNOWN = 2;
