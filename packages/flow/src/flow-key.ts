import { type DecodedPacket, DIRECTION_UNKNOWN } from "@hopline/packet";

/** Phase of frames whose capture direction is unknown; the number that stands for that in HopRows. */
const PHASE_UNKNOWN = DIRECTION_UNKNOWN;

/**
 * What a flow-table entry is found by, beside the addresses and the interface of the packet itself; filled again for
 * each packet.
 *
 * Canonical order: the lesser of the two (address, port) pairs first, so that a flow and its reply have the same key.
 * Any total order will do; this one compares words as signed integers.
 *
 * Phase: the flow's direction XOR the capture's. At one interface a connection's flow comes in and its reply goes out,
 * both in the same phase. Where the same tuple also passes the other way round (a hairpin, a router on a stick) it is in
 * the other phase and has an entry of its own, or the connection would be counted twice over. Frames of unknown capture
 * direction have a phase of their own.
 */
export class FlowKey {
  hash = 0;
  /** Last word of the lesser address, and of the other: all of them that tells two IPv4 connections apart. */
  low3 = 0;
  high3 = 0;
  /** Port of the lesser address << 16 | port of the other. */
  ports = 0;
  /** Protocol | phase << 8 | {@link WIDE}. */
  protocolPhase = 0;
  /** Direction in the entry: 0 where the packet's source is the lesser address, else 1. */
  direction = 0;
}

/** In {@link FlowKey.protocolPhase}: the addresses are not both IPv4, so that their upper words must be compared too. */
export const WIDE = 1 << 16;
const WIDE_BIT = WIDE;
const MAPPED = 0xffff;

/** `seed` keeps who can choose ports from aiming at one chain of the table. */
export function setFlowKey(key: FlowKey, packet: DecodedPacket, seed: number): void {
  const s0 = packet.source0;
  const s1 = packet.source1;
  const s2 = packet.source2;
  const s3 = packet.source3;
  const d0 = packet.destination0;
  const d1 = packet.destination1;
  const d2 = packet.destination2;
  const d3 = packet.destination3;
  const sourcePort = packet.sourcePort;
  const destinationPort = packet.destinationPort;

  // Without branches for IPv4, where nothing foretells which of two addresses is the lesser: a wrong guess of the
  // processor costs more than all of this.
  let direction: number;
  if (((s0 ^ d0) | (s1 ^ d1) | (s2 ^ d2)) !== 0)
    direction = s0 !== d0 ? lessThan(d0, s0) : s1 !== d1 ? lessThan(d1, s1) : lessThan(d2, s2);
  else if (s3 !== d3) direction = lessThan(d3, s3);
  else direction = lessThan(destinationPort, sourcePort);
  const swapped = -direction;
  const packed = (sourcePort << 16) | destinationPort;
  const ports = rotate(packed, direction << 4);
  const captureDirection = packet.direction;
  const phase = captureDirection === PHASE_UNKNOWN ? PHASE_UNKNOWN : direction ^ captureDirection;
  const isWide = (s0 | s1 | d0 | d1 | (s2 ^ MAPPED) | (d2 ^ MAPPED)) !== 0;
  const protocolPhase = packet.protocol | (phase << 8) | (isWide ? WIDE_BIT : 0);

  const low3 = s3 ^ ((s3 ^ d3) & swapped);
  const high3 = s3 ^ d3 ^ low3;
  let hash = Math.imul(low3 ^ seed, 0x9e3779b1) ^ Math.imul(high3, 0x85ebca77);
  hash = rotate(hash, 13);
  hash =
    Math.imul(hash ^ ports, 0xc2b2ae3d) ^
    Math.imul((protocolPhase + (packet.interfaceIndex << 10)) | 0, 0x27d4eb2f);
  if (isWide) {
    const source = s0 ^ rotate(s1, 7) ^ rotate(s2, 18);
    const destination = d0 ^ rotate(d1, 7) ^ rotate(d2, 18);
    const low = source ^ ((source ^ destination) & swapped);
    hash = Math.imul(hash ^ low, 0x165667b1);
    hash = Math.imul(rotate(hash, 15) ^ source ^ destination ^ low, 0x9e3779b1);
  }
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 13;

  key.hash = hash;
  key.low3 = low3;
  key.high3 = high3;
  key.ports = ports;
  key.protocolPhase = protocolPhase;
  key.direction = direction;
}

/** 1 where a < b, else 0, of 32-bit signed integers whose difference may overflow (Hacker's Delight, section 2-12). */
function lessThan(a: number, b: number): number {
  const difference = (a - b) | 0;
  return (difference ^ ((a ^ b) & (difference ^ a))) >>> 31;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
