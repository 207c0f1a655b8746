import { STATISTICS_INTERFACE_DROPS, STATISTICS_SYSTEM_DROPS } from "./pcapng-format.js";
import { findOption } from "./pcapng-options.js";

/**
 * Frames dropped since the capture began, by interface and system together, as an interface statistics block of at
 * least 24 bytes reports them; undefined where it reports neither.
 */
export function readReportedDrops(
  view: DataView,
  start: number,
  length: number,
  littleEndian: boolean,
): number | undefined {
  let drops: number | undefined;
  for (const code of [STATISTICS_INTERFACE_DROPS, STATISTICS_SYSTEM_DROPS]) {
    const option = findOption(view, start + 20, start + length - 4, code, 8, littleEndian);
    if (option >= 0) drops = (drops ?? 0) + Number(view.getBigUint64(option, littleEndian));
  }
  return drops;
}
