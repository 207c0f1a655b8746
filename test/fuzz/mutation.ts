import type { Field, Layer } from "../corpus/layer.js";
import { join } from "../corpus/layer.js";
import type { SeededRandom } from "../corpus/seeded-random.js";

/** Where off-by-one errors live. */
const EDGES = [
  0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 0x1f, 0x20, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff, 0x100, 0x5dc, 0x7fff,
  0x8000, 0xfffe, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];
const MOST_MUTATIONS = 5;
/** Mutations must not pile up to cases that take long only because they are large. */
const LONGEST_BYTES = 16_384;

/** @param other a layer to take pieces from */
type Mutation = (bytes: Uint8Array, layer: Layer, other: Layer, random: SeededRandom) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  flipBits,
  setEdge,
  setEdge,
  setEdge,
  setByte,
  cut,
  cut,
  grow,
  remove,
  repeat,
  splice,
  overwrite,
];

/** Damages a layer, a few times, where it hurts: its length and type fields, and the boundaries of what it is made of. */
export function mutate(layer: Layer, pool: readonly Layer[], random: SeededRandom): Uint8Array {
  let bytes: Uint8Array = layer.bytes.slice();
  for (let left = random.between(1, MOST_MUTATIONS); left > 0; left--)
    bytes = random.pick(MUTATIONS)(bytes, layer, random.pick(pool), random);
  return bytes.subarray(0, LONGEST_BYTES);
}

function flipBits(bytes: Uint8Array, _layer: Layer, _other: Layer, random: SeededRandom): Uint8Array {
  for (let left = random.between(1, 8); left > 0 && bytes.length > 0; left--) {
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  }
  return bytes;
}

function setByte(bytes: Uint8Array, _layer: Layer, _other: Layer, random: SeededRandom): Uint8Array {
  if (bytes.length > 0) bytes[random.below(bytes.length)] = random.pick(EDGES);
  return bytes;
}

/** A field at an edge of its range, or a little off what it was. */
function setEdge(bytes: Uint8Array, layer: Layer, _other: Layer, random: SeededRandom): Uint8Array {
  if (layer.fields.length === 0) return setByte(bytes, layer, layer, random);
  const field = random.pick(layer.fields);
  if (field.offset + field.bytes > bytes.length) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = random.once(4);
  const value = random.once(3)
    ? read(view, field, littleEndian) + random.between(-8, 8)
    : random.pick(random.once(2) ? EDGES : [bytes.length, bytes.length - field.offset, ...EDGES]);
  if (field.bytes === 1) view.setUint8(field.offset, value);
  else if (field.bytes === 2) view.setUint16(field.offset, value, littleEndian);
  else view.setUint32(field.offset, value, littleEndian);
  return bytes;
}

function read(view: DataView, { offset, bytes }: Field, littleEndian: boolean): number {
  if (bytes === 1) return view.getUint8(offset);
  return bytes === 2 ? view.getUint16(offset, littleEndian) : view.getUint32(offset, littleEndian);
}

function cut(bytes: Uint8Array, layer: Layer, _other: Layer, random: SeededRandom): Uint8Array {
  return bytes.slice(0, boundary(bytes, layer, random));
}

function grow(bytes: Uint8Array, _layer: Layer, _other: Layer, random: SeededRandom): Uint8Array {
  return join(bytes, random.bytes(random.between(1, 300)));
}

function remove(bytes: Uint8Array, layer: Layer, _other: Layer, random: SeededRandom): Uint8Array {
  const from = boundary(bytes, layer, random);
  return join(bytes.subarray(0, from), bytes.subarray(from + random.between(1, 40)));
}

/** A layer, or a chunk or record, once more: nested or in a row, as its neighbours take it. */
function repeat(bytes: Uint8Array, layer: Layer, _other: Layer, random: SeededRandom): Uint8Array {
  const [from, to] = [boundary(bytes, layer, random), boundary(bytes, layer, random)].sort((a, b) => a - b);
  const piece = bytes.subarray(from, to);
  const times = random.once(4) ? random.between(2, 20) : 1;
  const copies = Array.from({ length: times }, () => piece);
  return join(bytes.subarray(0, to), ...copies, bytes.subarray(to)).subarray(0, LONGEST_BYTES);
}

/** The beginning of one, the end of another, each cut between two layers. */
function splice(bytes: Uint8Array, layer: Layer, other: Layer, random: SeededRandom): Uint8Array {
  const tail = other.bytes.subarray(boundary(other.bytes, other, random));
  return join(bytes.subarray(0, boundary(bytes, layer, random)), tail);
}

function overwrite(bytes: Uint8Array, layer: Layer, other: Layer, random: SeededRandom): Uint8Array {
  const at = boundary(bytes, layer, random);
  const from = boundary(other.bytes, other, random);
  const piece = other.bytes.subarray(from, from + random.between(1, 60));
  bytes.set(piece.subarray(0, bytes.length - at), at);
  return bytes;
}

/** Mostly where a layer or field begins, or a byte beside it. */
function boundary(bytes: Uint8Array, layer: Layer, random: SeededRandom): number {
  const places = random.once(2) ? layer.starts : layer.fields;
  if (places.length === 0 || random.once(5)) return random.below(bytes.length + 1);
  const at = random.pick(places).offset + random.pick([0, 0, 0, -1, 1]);
  return Math.max(0, Math.min(at, bytes.length));
}
