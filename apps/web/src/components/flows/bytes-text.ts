import { type Connection, isCounted } from "@hopline/api";
import type { Direction } from "../../hop-ledger/hop-differences";
import { formatBytes } from "../../units/quantity";

/** What a direction carried, or a dash until the hop that reports it has told of it. */
export function bytesText(connection: Connection, direction: Direction): string {
  return isCounted(connection, direction) ? formatBytes(connection[direction].bytes) : "–";
}
