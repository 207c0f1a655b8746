import { formatAddress } from "@hopline/packet";
import type { HopRows } from "../src/hop-rows.js";
import { START_S } from "./packets.js";

type Numbers = Exclude<keyof HopRows, "count" | "icmpErrorSources" | `${string}Addresses`>;

/** One row as an object. */
export type Row = Record<Numbers, number> & {
  source: string;
  destination: string;
  outerSource: string;
  outerDestination: string;
  icmpErrorSource: string;
  /** Seconds after the tests' start. */
  windowS: number;
};

const NUMBERS: readonly Numbers[] = [
  "windowStarts",
  "sourcePorts",
  "destinationPorts",
  "protocols",
  "interfaceIndexes",
  "directions",
  "initiators",
  "rowFlags",
  "firstUs",
  "lastUs",
  "packets",
  "bytes",
  "payloadBytes",
  "payloadPackets",
  "retransmittedBytes",
  "retransmittedPackets",
  "outOfOrderBytes",
  "outOfOrderPackets",
  "gapBytes",
  "synPackets",
  "synAckPackets",
  "finPackets",
  "rstPackets",
  "zeroWindowPackets",
  "tcpFlags",
  "tcpOptions",
  "maximumSegmentSizes",
  "windowScales",
  "closings",
  "handshakeUs",
  "dataRoundTripSumUs",
  "dataRoundTripCount",
  "timestampRoundTripCount",
  "superFrames",
  "superFrameSegments",
  "fragments",
  "icmpErrors",
  "icmpErrorTypes",
  "icmpErrorCodes",
  "icmpErrorMtus",
  "encapsulations",
  "vnis",
  "vlans",
];

export function rowsOf(rows: HopRows | undefined): Row[] {
  if (rows === undefined) return [];
  return Array.from({ length: rows.count }, (_, row) => {
    const numbers = Object.fromEntries(NUMBERS.map((name) => [name, rows[name][row] ?? Number.NaN]));
    return {
      ...(numbers as Record<Numbers, number>),
      source: formatAddress(rows.sourceAddresses, 16 * row),
      destination: formatAddress(rows.destinationAddresses, 16 * row),
      outerSource: formatAddress(rows.outerSourceAddresses, 16 * row),
      outerDestination: formatAddress(rows.outerDestinationAddresses, 16 * row),
      icmpErrorSource: formatAddress(rows.icmpErrorSources, 16 * row),
      windowS: (rows.windowStarts[row] ?? Number.NaN) - START_S,
    };
  });
}

/** The one row that comes from `source`. */
export function rowFrom(source: string, rows: readonly Row[]): Row {
  const found = rows.filter((row) => row.source === source);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} rows from ${source}`);
  return found[0];
}

export function sum(rows: readonly Row[], column: Numbers): number {
  return rows.reduce((total, row) => total + row[column], 0);
}
