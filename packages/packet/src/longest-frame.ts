/** Above every real frame (GSO: 512 KiB); a file that claims more must not push offsets out of 31 bits. */
export const LONGEST_FRAME_BYTES = 0x1000000;
