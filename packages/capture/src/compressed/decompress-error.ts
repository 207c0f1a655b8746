/** Data that no compressor wrote. What reads it makes a Fault of this, with file and offset. */
export class DecompressError extends Error {}

/** The data ended before its own end. */
export class EndedEarly extends DecompressError {
  constructor() {
    super("it ends too early");
  }
}
