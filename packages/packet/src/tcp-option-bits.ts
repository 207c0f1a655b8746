/** Bits for the TCP options that are read: maximum segment size (RFC 9293 section 3.2). */
export const TCP_OPTION_MSS = 1;
/** RFC 7323 section 2.2. */
export const TCP_OPTION_WINDOW_SCALE = 2;
/** RFC 2018 section 2. */
export const TCP_OPTION_SACK_PERMITTED = 4;
/** RFC 2018 section 3. */
export const TCP_OPTION_SACK = 8;
/** RFC 7323 section 3.2. */
export const TCP_OPTION_TIMESTAMPS = 16;
