import { DIRECTION_UNKNOWN } from "../../packet/src/directions";
import { Packet } from "./packet";

/*
 * What a flow-table entry is found by: addresses, ports, protocol, interface, phase; and its hash.
 *
 * Canonical order: the lesser of the two (address, port) pairs first, so that a flow and its reply have the same key.
 * Any total order will do; this one compares words as signed integers.
 *
 * Phase: the flow's direction XOR the capture's. At one interface a connection's flow comes in and its reply goes out,
 * both in the same phase. Where the same tuple also passes the other way round (a hairpin, a router on a stick) it is in
 * the other phase and has an entry of its own, or the connection would be counted twice over. Frames of unknown capture
 * direction have a phase of their own.
 */

/** In `protocolPhase`: the addresses are not both IPv4, so that their upper words must be compared too. */
export const WIDE: i32 = 1 << 16;
const MAPPED: i32 = 0xffff;

let seed: i32 = 0;

/** `value` keeps who can choose ports from aiming at one chain of the table. */
export function seedHash(value: i32): void {
  seed = value;
}

/** Gives the packet its key: `ports`, `protocolPhase`, `hash` and `direction`. */
export function setFlowKey(packet: Packet): void {
  const s0 = packet.source0;
  const s1 = packet.source1;
  const s2 = packet.source2;
  const s3 = packet.source3;
  const d0 = packet.destination0;
  const d1 = packet.destination1;
  const d2 = packet.destination2;
  const d3 = packet.destination3;
  const portPair = packet.portPair;

  let direction: i32;
  if (((s0 ^ d0) | (s1 ^ d1) | (s2 ^ d2)) !== 0)
    direction = s0 !== d0 ? i32(d0 < s0) : s1 !== d1 ? i32(d1 < s1) : i32(d2 < s2);
  else if (s3 !== d3) direction = i32(d3 < s3);
  else direction = i32((portPair & 0xffff) < portPair >>> 16);
  const captureDirection = packet.captureDirection;
  const phase = captureDirection === DIRECTION_UNKNOWN ? DIRECTION_UNKNOWN : direction ^ captureDirection;
  const isWide = (s0 | s1 | d0 | d1 | (s2 ^ MAPPED) | (d2 ^ MAPPED)) !== 0;
  const ports = rotl<i32>(portPair, direction << 4);
  const protocolPhase = packet.protocol | (phase << 8) | (isWide ? WIDE : 0);

  const low3 = select<i32>(d3, s3, direction);
  const high3 = select<i32>(s3, d3, direction);
  let hash = ((low3 ^ seed) * 0x9e3779b1) ^ (high3 * 0x85ebca77);
  hash = rotl<i32>(hash, 13);
  hash = ((hash ^ ports) * 0xc2b2ae3d) ^ ((protocolPhase + (packet.interfaceIndex << 10)) * 0x27d4eb2f);
  if (isWide) {
    const source = s0 ^ rotl<i32>(s1, 7) ^ rotl<i32>(s2, 18);
    const destination = d0 ^ rotl<i32>(d1, 7) ^ rotl<i32>(d2, 18);
    const low = select<i32>(destination, source, direction);
    hash = (hash ^ low) * 0x165667b1;
    hash = (rotl<i32>(hash, 15) ^ source ^ destination ^ low) * 0x9e3779b1;
  }
  hash ^= hash >>> 15;
  hash *= 0x2c1b3c6d;
  hash ^= hash >>> 13;

  packet.hash = hash;
  packet.ports = ports;
  packet.protocolPhase = protocolPhase;
  packet.direction = direction;
}

/**
 * Makes `quoted` what an ICMP error quotes, so that its entry can be looked for as if it had been captured: at the interface
 * that the error passes, which the quoted packet passed the other way.
 */
export function setQuotedKey(quoted: Packet, error: Packet): void {
  quoted.source0 = error.quotedSource0;
  quoted.source1 = error.quotedSource1;
  quoted.source2 = error.quotedSource2;
  quoted.source3 = error.quotedSource3;
  quoted.destination0 = error.quotedDestination0;
  quoted.destination1 = error.quotedDestination1;
  quoted.destination2 = error.quotedDestination2;
  quoted.destination3 = error.quotedDestination3;
  quoted.protocol = error.quotedProtocol;
  quoted.portPair = error.quotedPortPair;
  quoted.interfaceIndex = error.interfaceIndex;
  quoted.captureDirection =
    error.captureDirection === DIRECTION_UNKNOWN ? DIRECTION_UNKNOWN : 1 - error.captureDirection;
  setFlowKey(quoted);
}
