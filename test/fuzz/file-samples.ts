import { deflateRawSync, gzipSync } from "node:zlib";
import { type Capture, pcapFile, pcapngFile } from "../corpus/capture.js";
import { protocolCaptures } from "../corpus/corpus.js";
import { data, type Field, join, type Layer, type LayerStart, u32 } from "../corpus/layer.js";
import { ZSTD_SAMPLES } from "./zstd-samples.js";

const FEW_FRAMES = 12;

/** Captures of a few frames each, so that a case is quickly read. */
export function smallCaptures(): Capture[] {
  return protocolCaptures()
    .filter((_, i) => i % 8 === 0)
    .map(({ name, frames }) => ({ name, frames: frames.slice(0, FEW_FRAMES) }));
}

export function pcapSamples(): Layer[] {
  const variants = [
    {},
    { littleEndian: false },
    { nanoseconds: true },
    { littleEndian: false, nanoseconds: true },
  ];
  return smallCaptures().map((capture, i) => {
    const variant = variants[i % variants.length] ?? {};
    return pcapLayer(pcapFile(capture, variant), variant.littleEndian ?? true);
  });
}

/** One section, and several one after another. */
export function pcapngSamples(): Layer[] {
  const captures = smallCaptures();
  const single = captures.map((capture) => pcapngFile([capture]));
  const sections = [join(...single.slice(0, 3)), join(...single.slice(3, 5))];
  return [...single, ...sections, pcapngFile(captures.slice(0, 4))].map(pcapngLayer);
}

/** gzip with all that its header may hold, of one member and several, of compressed and stored blocks. */
export function gzipSamples(): Layer[] {
  const [first, second, third] = smallCaptures().map((capture) => pcapFile(capture));
  if (first === undefined || second === undefined || third === undefined) throw new RangeError("no captures");
  const halves = [first.subarray(0, 300), first.subarray(300)].map((half) => gzipSync(half));
  return [
    gzipSync(first),
    gzipSync(second, { level: 0 }),
    gzipSync(third, { level: 9, strategy: 4 }),
    join(...halves),
    gzipSync(pcapngFile(smallCaptures().slice(0, 6))),
    withNames(first),
  ].map(gzipLayer);
}

export function zstdSamples(): Layer[] {
  return Object.values(ZSTD_SAMPLES).map((sample) => zstdLayer(Buffer.from(sample, "base64")));
}

function pcapLayer(bytes: Uint8Array, littleEndian: boolean): Layer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Field[] = [field("magic", 0, 4), field("version", 4, 2), field("linkType", 20, 4)];
  const starts: LayerStart[] = [start(0)];
  for (let at = 24; at + 16 <= bytes.length; at += 16 + view.getUint32(at + 8, littleEndian)) {
    fields.push(field("seconds", at, 4), field("captured", at + 8, 4), field("length", at + 12, 4));
    starts.push(start(at));
  }
  return { ...data(bytes), fields, starts };
}

/** Little-endian, as our writer writes. */
function pcapngLayer(bytes: Uint8Array): Layer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Field[] = [];
  const starts: LayerStart[] = [];
  for (let at = 0; at + 12 <= bytes.length; ) {
    const total = view.getUint32(at + 4, true);
    fields.push(field("type", at, 4), field("total", at + 4, 4), field("trailer", at + total - 4, 4));
    for (let word = at + 8; word + 4 < at + Math.min(total, 44); word += 4)
      fields.push(field("word", word, 4), field("option", word + 2, 2));
    starts.push(start(at));
    at += Math.max(12, total);
  }
  return { ...data(bytes), fields, starts };
}

function gzipLayer(bytes: Uint8Array): Layer {
  return compressedLayer(bytes, 10, 8);
}

function zstdLayer(bytes: Uint8Array): Layer {
  return compressedLayer(bytes, 16, 4);
}

/** The header byte by byte, the first bytes of the first block, the trailer. */
function compressedLayer(bytes: Uint8Array, headerBytes: number, trailerBytes: number): Layer {
  const places = Array.from({ length: headerBytes + 12 }, (_, at) => at);
  return {
    ...data(bytes),
    fields: [...places, bytes.length - trailerBytes].map((at) => field("byte", at, 1)),
    starts: [start(0), start(headerBytes), start(bytes.length - trailerBytes)],
  };
}

/** A member whose header has extra data, a name, a comment and a checksum that nobody checks (RFC 1952 section 2.3). */
function withNames(bytes: Uint8Array): Uint8Array {
  const text = new TextEncoder();
  const trailer = gzipSync(bytes).subarray(-8);
  const flags = 4 | 8 | 16;
  const header = join([0x1f, 0x8b, 8, flags, ...u32(0), 0, 3], [4, 0, 1, 2, 0, 0]);
  return join(header, text.encode("a.pcap\0"), text.encode("comment\0"), deflateRawSync(bytes), trailer);
}

function field(name: string, offset: number, bytes: number): Field {
  return { layer: "file", name, offset, bytes };
}

function start(offset: number): LayerStart {
  return { layer: "file", offset };
}
