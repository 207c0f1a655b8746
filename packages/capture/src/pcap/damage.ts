import { Fault } from "@hopline/fault";

/** A file that cannot be read on from an offset. Frames before it are good and have been handed over. */
export function damageAt(file: string, fileOffset: number, what: string): Fault {
  return new Fault({
    code: "CAPTURE_FILE_DAMAGED",
    message: `The capture file ${file} is damaged at byte ${fileOffset}: ${what}.`,
    hint: "Frames before it were read; capture again, or cut the file there with editcap.",
  });
}

/** The end came in the middle of a record: the usual trace of a capture tool that was killed. */
export function truncationAt(file: string, fileOffset: number, leftBytes: number): Fault {
  return new Fault({
    code: "CAPTURE_FILE_TRUNCATED",
    message: `The capture file ${file} ends in the middle of the record at byte ${fileOffset} (${leftBytes} bytes of it are there).`,
    hint: "All whole frames before it were read.",
  });
}

/** The same of compressed data, whose end comes before the end that it has of its own. */
export function compressedTruncationAt(file: string, fileOffset: number): Fault {
  return new Fault({
    code: "CAPTURE_FILE_TRUNCATED",
    message: `The compressed capture file ${file} ends at byte ${fileOffset}, before its compressed data does.`,
    hint: "All whole frames that could be decompressed were read.",
  });
}
