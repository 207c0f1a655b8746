export const INITIATOR_UNKNOWN = 0;
/** The row's source began the connection. */
export const INITIATOR_SOURCE = 1;
/** The row's destination began the connection. */
export const INITIATOR_DESTINATION = 2;

/** First row of this flow at this observation point. */
export const ROW_FIRST = 1;
/** Last row: the flow was closed, idled out or evicted. */
export const ROW_LAST = 2;
/** Evicted from a full table before its time. */
export const ROW_EVICTED = 4;

/** Sampling left packets of this connection out while the row was counted: its counters are a lower bound. */
export const ROW_SAMPLED = 8;

export const CLOSING_NONE = 0;
/** This direction sent the first FIN. */
export const CLOSING_FIN = 1;
/** This direction reset the open connection. */
export const CLOSING_RST = 2;

/** Length of a window in seconds. */
export const WINDOW_SECONDS = 10;
