/** It could not be done: no collector answers, a file cannot be read, … */
export const EXIT_FAILED = 1;
/** Wrong options, as the other apps end where a setting is wrong. */
export const EXIT_USAGE = 2;
/** It could be done, and what was asked about is not well: an alert fires, the record is not complete, … */
export const EXIT_NOT_WELL = 3;
/** By the shell's custom: 128 + SIGINT. */
export const EXIT_INTERRUPTED = 130;
