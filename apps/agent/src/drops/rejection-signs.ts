import type { HopColumns } from "@hopline/batch";
import { DIRECTION_EGRESS, DIRECTION_INGRESS } from "@hopline/capture";
import { ADDRESS_BYTES, isIpv4, PROTOCOL_TCP } from "@hopline/packet";
import { textAt } from "./rejection-columns.js";

/** All hops' first rows leave within a second of a connection's first packet, and wait for conntrack for 300 ms. */
export const HOLD_MS = 1400;

/** Destination unreachable, and its codes that a firewall answers with (RFC 1812 section 5.2.7.1; RFC 4443 section 3.1). */
const UNREACHABLE = 3;
const UNREACHABLE_6 = 1;
const PROHIBITED: ReadonlyMap<number, string> = new Map([
  [9, "network administratively prohibited (ICMP 3/9)"],
  [10, "host administratively prohibited (ICMP 3/10)"],
  [13, "communication administratively prohibited (ICMP 3/13)"],
]);
const PROHIBITED_6: ReadonlyMap<number, string> = new Map([
  [1, "communication administratively prohibited (ICMPv6 1/1)"],
]);

/** The last ICMP error that quoted the row's packets, in words, where it says that they are prohibited; else undefined. */
export function prohibitionOf(columns: HopColumns, row: number): string | undefined {
  if (columns.icmp_errors[row] === 0) return undefined;
  const [type, code] = [columns.icmp_error_type[row]!, columns.icmp_error_code[row]!];
  if (isIpv4(columns.client_address, row * ADDRESS_BYTES))
    return type === UNREACHABLE ? PROHIBITED.get(code) : undefined;
  return type === UNREACHABLE_6 ? PROHIBITED_6.get(code) : undefined;
}

/** The row's packets came into the node here, or went out. */
export function cameIn(columns: HopColumns, row: number): boolean {
  return columns.direction[row] === DIRECTION_INGRESS;
}

export function wentOut(columns: HopColumns, row: number): boolean {
  return columns.direction[row] === DIRECTION_EGRESS;
}

/** A TCP beginning, and no payload. */
export function isOpening(columns: HopColumns, row: number): boolean {
  return (
    columns.protocol[row] === PROTOCOL_TCP &&
    columns.is_reply[row] === 0 &&
    columns.syn_packets[row]! > 0 &&
    columns.payload_bytes[row] === 0
  );
}

/** Nothing but RSTs came back. */
export function isReset(columns: HopColumns, row: number): boolean {
  const resets = columns.rst_packets[row]!;
  return (
    columns.protocol[row] === PROTOCOL_TCP &&
    columns.is_reply[row] === 1 &&
    resets > 0 &&
    columns.packets[row] === resets
  );
}

/** At the interfaces where packets come into a node. */
export function isWatched(columns: HopColumns, row: number): boolean {
  const role = textAt(columns.role, row);
  return role === "pod" || role === "uplink";
}

export function isUntracked(columns: HopColumns, row: number): boolean {
  return textAt(columns.translation, row) === "untracked";
}
