import { FrameDecoder } from "@hopline/packet";
import {
  type Bytes,
  ethernet,
  type Ipv4Fields,
  type Ipv6Fields,
  ipv4,
  ipv6,
  u16,
  u32,
} from "../../packet/test/frame-builders.js";
import { FlowTable } from "../src/flow-table.js";
import type { FrameColumns } from "../src/frame-columns.js";
import { FrameCounter } from "../src/frame-counter.js";
import { START_S } from "./packets.js";

export interface Frame {
  bytes: Bytes | Uint8Array;
  atMs?: number;
  interfaceIndex?: number;
  direction?: number;
  vlanTag?: number;
  gsoSize?: number;
  wireLength?: number;
}

/** Frames one after another in a buffer of exactly their size. */
export function blockOf(frames: readonly Frame[]): FrameColumns {
  const bytes = Uint8Array.from(frames.flatMap((frame) => [...frame.bytes]));
  let end = 0;
  return {
    view: new DataView(bytes.buffer),
    count: frames.length,
    offsets: Uint32Array.from(frames, (frame) => {
      end += frame.bytes.length;
      return end - frame.bytes.length;
    }),
    capturedLengths: Uint32Array.from(frames, (frame) => frame.bytes.length),
    wireLengths: Uint32Array.from(frames, (frame) => frame.wireLength ?? frame.bytes.length),
    timesUs: Float64Array.from(frames, (frame) => START_S * 1e6 + (frame.atMs ?? 0) * 1e3),
    interfaceIndexes: Int32Array.from(frames, (frame) => frame.interfaceIndex ?? 1),
    directions: Uint8Array.from(frames, (frame) => frame.direction ?? 0),
    vlanTags: Int32Array.from(frames, (frame) => frame.vlanTag ?? -1),
    gsoSizes: Uint16Array.from(frames, (frame) => frame.gsoSize ?? 0),
    linkType: 1,
  };
}

export function counterOf(capacity = 1_024): { table: FlowTable; counter: FrameCounter } {
  const table = new FlowTable({ capacity });
  return { table, counter: new FrameCounter({ decoder: new FrameDecoder(), table }) };
}

export const frame4 = (fields: Ipv4Fields, payload: Bytes): Bytes => ethernet(0x0800, ipv4(fields, payload));
export const frame6 = (fields: Ipv6Fields, payload: Bytes): Bytes => ethernet(0x86dd, ipv6(fields, payload));

/** Where a fragment stands in its packet: bytes [from, to) of the IP payload; the last one ends with it. */
export interface FragmentPlace {
  id: number;
  from: number;
  to: number;
}

/** One fragment of `payload` (transport header and up) in an Ethernet frame; `from` is a multiple of 8. */
export function fragment4(fields: Ipv4Fields, payload: Bytes, { id, from, to }: FragmentPlace): Bytes {
  const more = to < payload.length ? 0x2000 : 0;
  const packet = [...ipv4({ ...fields, fragment: more | (from / 8) }, payload.slice(from, to))];
  packet.splice(4, 2, ...u16(id));
  return ethernet(0x0800, packet);
}

export function fragment6(fields: Ipv6Fields, payload: Bytes, { id, from, to }: FragmentPlace): Bytes {
  const more = to < payload.length ? 1 : 0;
  const header = [fields.nextHeader, 0, ...u16(from | more), ...u32(id)];
  return frame6({ ...fields, nextHeader: 44 }, [...header, ...payload.slice(from, to)]);
}
