import type { FocusTuple } from "../focus.js";
import {
  AND,
  JUMP_EQUAL,
  LOAD_BYTE_AT_X,
  LOAD_CELL,
  LOAD_HALF_AT_X,
  LOAD_WORD_AT_X,
  LOAD_X_CELL,
} from "./cbpf.js";
import { NETWORK_OFFSET, PROTOCOL, TRANSPORT_OFFSET } from "./filter-cells.js";
import type { Label, Program } from "./program.js";

/** Source and destination address: where they are in the header. */
const IPV4_ADDRESSES = 12;
const IPV6_ADDRESSES = 8;
const IPV4_PREFIX = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);

/**
 * Compares a frame with connections, in both directions. NETWORK_OFFSET, PROTOCOL and TRANSPORT_OFFSET are stored; X is the
 * latter, and is it again where none matches.
 */
export function writeFocus(program: Program, tuples: readonly FocusTuple[], matches: Label): void {
  for (const { protocol, addressA, portA, addressB, portB } of tuples) {
    const there = {
      protocol,
      source: addressA,
      sourcePort: portA,
      destination: addressB,
      destinationPort: portB,
    };
    const back = {
      protocol,
      source: addressB,
      sourcePort: portB,
      destination: addressA,
      destinationPort: portA,
    };
    writeOneWay(program, there, matches);
    writeOneWay(program, back, matches);
  }
}

interface OneWay {
  readonly protocol: number;
  readonly source: Uint8Array;
  readonly sourcePort: number;
  readonly destination: Uint8Array;
  readonly destinationPort: number;
}

/** Ports first: they differ nearly always, and are one comparison. */
function writeOneWay(program: Program, way: OneWay, matches: Label): void {
  const differs = Symbol("differs");
  const next = Symbol("next");
  writePorts(program, way, next);
  program.do(LOAD_CELL, PROTOCOL).when(JUMP_EQUAL, way.protocol, { no: next });
  program.do(LOAD_X_CELL, NETWORK_OFFSET).do(LOAD_BYTE_AT_X, 0).do(AND, 0xf0);
  const isIpv4 = IPV4_PREFIX.every((byte, at) => way.source[at] === byte);
  program.when(JUMP_EQUAL, isIpv4 ? 0x40 : 0x60, { no: differs });
  const words = [...wordsOf(way.source, isIpv4), ...wordsOf(way.destination, isIpv4)];
  const start = isIpv4 ? IPV4_ADDRESSES : IPV6_ADDRESSES;
  for (const [at, word] of words.entries()) {
    program.do(LOAD_WORD_AT_X, start + 4 * at).when(JUMP_EQUAL, word, { no: differs });
  }
  program.jump(matches).label(differs).do(LOAD_X_CELL, TRANSPORT_OFFSET).label(next);
}

/** Port 0 stands for any: then the other one alone is compared. */
function writePorts(program: Program, { sourcePort, destinationPort }: OneWay, differs: Label): void {
  if (sourcePort === 0) program.do(LOAD_HALF_AT_X, 2).when(JUMP_EQUAL, destinationPort, { no: differs });
  else if (destinationPort === 0) program.do(LOAD_HALF_AT_X, 0).when(JUMP_EQUAL, sourcePort, { no: differs });
  else {
    const ports = ((sourcePort << 16) | destinationPort) >>> 0;
    program.do(LOAD_WORD_AT_X, 0).when(JUMP_EQUAL, ports, { no: differs });
  }
}

function wordsOf(address: Uint8Array, isIpv4: boolean): number[] {
  const view = new DataView(address.buffer, address.byteOffset, address.byteLength);
  return (isIpv4 ? [12] : [0, 4, 8, 12]).map((at) => view.getUint32(at, false));
}
