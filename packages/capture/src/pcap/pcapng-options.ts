import { OPTION_END, padded } from "./pcapng-format.js";

/**
 * Where the value of an option begins, or -1. A list that runs past its block ends there: options are extras, and a
 * frame is worth more than its extras.
 *
 * @param end where the block's trailing length begins
 * @param leastBytes a shorter value does not count as found
 */
export function findOption(
  view: DataView,
  start: number,
  end: number,
  code: number,
  leastBytes: number,
  littleEndian: boolean,
): number {
  let option = start;
  while (option + 4 <= end) {
    const found = view.getUint16(option, littleEndian);
    const length = view.getUint16(option + 2, littleEndian);
    if (found === OPTION_END || option + 4 + length > end) return -1;
    if (found === code && length >= leastBytes) return option + 4;
    option += 4 + padded(length);
  }
  return -1;
}
