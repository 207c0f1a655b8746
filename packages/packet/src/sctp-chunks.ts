/** Bits for the chunk types of an SCTP packet (RFC 9260 section 3.2; what stands behind more than one type is named here). */
/** DATA, and I-DATA (RFC 8260 section 2.1). */
export const SCTP_DATA = 1;
export const SCTP_INIT = 2;
export const SCTP_INIT_ACK = 4;
export const SCTP_SACK = 8;
export const SCTP_ABORT = 16;
/** SHUTDOWN, SHUTDOWN ACK and SHUTDOWN COMPLETE. */
export const SCTP_SHUTDOWN = 32;
/** HEARTBEAT and HEARTBEAT ACK. */
export const SCTP_HEARTBEAT = 64;
/** ERROR: the association goes on. */
export const SCTP_ERROR = 128;
/** COOKIE ECHO and COOKIE ACK. */
export const SCTP_COOKIE = 256;
/** Any other type. */
export const SCTP_OTHER = 512;
