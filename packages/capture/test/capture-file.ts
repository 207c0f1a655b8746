import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPcapFile, type PcapFileOptions } from "../src/pcap/open-pcap-file.js";
import type { PcapFileSource } from "../src/pcap/pcap-file-source.js";

/** A frame as a consumer saw it, copied out of its block. */
export interface ReadFrame {
  hex: string;
  wire: number;
  timeUs: number;
  interfaceIndex: number;
  direction: number;
  vlanTag: number;
  linkType: number;
}

/** Opens bytes as a file, hands the source to `use`, and removes the file. */
export function withCaptureFile<T>(
  bytes: Uint8Array,
  use: (source: PcapFileSource, path: string) => T,
  options?: PcapFileOptions,
): T {
  const folder = mkdtempSync(join(tmpdir(), "hopline-capture-"));
  const path = join(folder, "file");
  try {
    writeFileSync(path, bytes);
    const source = openPcapFile(path, options);
    try {
      return use(source, path);
    } finally {
      source.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** All frames to the end, or until `poll` throws. */
export function readFrames(source: PcapFileSource): ReadFrame[] {
  const frames: ReadFrame[] = [];
  while (pollInto(source, frames) >= 0);
  return frames;
}

export function pollInto(source: PcapFileSource, frames: ReadFrame[], untilUs?: number): number {
  return source.poll(
    0,
    (block) => {
      for (let i = 0; i < block.count; i++) {
        const start = block.offsets[i]!;
        frames.push({
          hex: Buffer.from(block.bytes.subarray(start, start + block.capturedLengths[i]!)).toString("hex"),
          wire: block.wireLengths[i]!,
          timeUs: block.timesUs[i]!,
          interfaceIndex: block.interfaceIndexes[i]!,
          direction: block.directions[i]!,
          vlanTag: block.vlanTags[i]!,
          linkType: block.linkType,
        });
      }
    },
    untilUs,
  );
}

/** Numbers in one byte order, one after another. */
export class Bytes {
  readonly #parts: Uint8Array[] = [];
  readonly #littleEndian: boolean;

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  u16(...values: number[]): this {
    for (const value of values) this.#number(2, (view) => view.setUint16(0, value, this.#littleEndian));
    return this;
  }

  u32(...values: number[]): this {
    for (const value of values) this.#number(4, (view) => view.setUint32(0, value, this.#littleEndian));
    return this;
  }

  u64(value: bigint): this {
    return this.#number(8, (view) => view.setBigUint64(0, value, this.#littleEndian));
  }

  add(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    return this;
  }

  pad4(): this {
    return this.add(new Uint8Array(-this.length & 3));
  }

  get length(): number {
    return this.#parts.reduce((sum, part) => sum + part.length, 0);
  }

  done(): Uint8Array {
    return Buffer.concat(this.#parts);
  }

  #number(bytes: number, set: (view: DataView) => void): this {
    const part = new Uint8Array(bytes);
    set(new DataView(part.buffer));
    return this.add(part);
  }
}

export interface PcapRecord {
  seconds: number;
  fraction: number;
  bytes: Uint8Array;
  wire?: number;
  /** What the header claims, where it lies. */
  claimed?: number;
}

export function pcapFile(
  { littleEndian = true, magic = 0xa1b2c3d4, linkType = 1, version = [2, 4] as [number, number] },
  records: readonly PcapRecord[],
): Uint8Array {
  const out = new Bytes(littleEndian)
    .u32(magic)
    .u16(...version)
    .u32(0, 0, 65_535, linkType);
  for (const { seconds, fraction, bytes, wire, claimed } of records) {
    out.u32(seconds, fraction, claimed ?? bytes.length, wire ?? bytes.length).add(bytes);
  }
  return out.done();
}

/** Blocks of one pcapng section. */
export class Section {
  readonly #littleEndian: boolean;
  readonly #blocks: Uint8Array[] = [];

  constructor(littleEndian = true) {
    this.#littleEndian = littleEndian;
    this.block(0x0a0d0d0a, this.bytes().u32(0x1a2b3c4d).u16(1, 0).u64(0xffff_ffff_ffff_ffffn));
  }

  bytes(): Bytes {
    return new Bytes(this.#littleEndian);
  }

  option(code: number, value: Uint8Array): Uint8Array {
    return this.bytes().u16(code, value.length).add(value).pad4().done();
  }

  block(type: number, body: Bytes, claimedLength?: number): this {
    body.pad4();
    const total = claimedLength ?? body.length + 12;
    this.#blocks.push(this.bytes().u32(type, total).add(body.done()).u32(total).done());
    return this;
  }

  interface(linkType: number, options: Uint8Array[] = [], snapLength = 0): this {
    const body = this.bytes().u16(linkType, 0).u32(snapLength);
    for (const option of options) body.add(option);
    return this.block(1, body);
  }

  packet(
    id: number,
    timestamp: bigint,
    bytes: Uint8Array,
    options: Uint8Array[] = [],
    claimed = bytes.length,
  ): this {
    const body = this.bytes()
      .u32(id, Number(timestamp >> 32n), Number(timestamp & 0xffff_ffffn), claimed, bytes.length)
      .add(bytes)
      .pad4();
    for (const option of options) body.add(option);
    return this.block(6, body);
  }

  done(): Uint8Array {
    return Buffer.concat(this.#blocks);
  }
}
