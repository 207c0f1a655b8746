/** A header field by which a decoder finds its way: a length, a type, an offset. Mutations aim at these. */
export interface Field {
  readonly layer: string;
  readonly name: string;
  /** From the first byte of the outermost layer. */
  readonly offset: number;
  /** 1, 2 or 4. */
  readonly bytes: number;
}

/** Where a layer begins. */
export interface LayerStart {
  readonly layer: string;
  readonly offset: number;
}

/** Bytes put together header by header, with the places that matter to who damages them. Outermost layer first. */
export interface Layer {
  readonly bytes: Uint8Array;
  readonly fields: readonly Field[];
  readonly starts: readonly LayerStart[];
}

/** What IP carries, by its IANA protocol number. */
export interface Transport extends Layer {
  readonly protocol: number;
  /** Where a checksum over the pseudo-header is to be written (RFC 9293 section 3.1), if there is one. */
  readonly checksumAt?: number;
}

/** What a link layer carries, by its EtherType. */
export interface LinkPayload extends Layer {
  readonly etherType: number;
}

/** An IP packet: a link's payload, or another IP packet's. */
export interface Network extends LinkPayload, Transport {}

/** What a capture file holds, by its LINKTYPE_ value. */
export interface Frame extends Layer {
  readonly linkType: number;
}

export function u16(value: number): readonly number[] {
  return [(value >>> 8) & 0xff, value & 0xff];
}

export function u24(value: number): readonly number[] {
  return [(value >>> 16) & 0xff, ...u16(value)];
}

export function u32(value: number): readonly number[] {
  return [...u16(value >>> 16), ...u16(value)];
}

export function zeros(count: number): Uint8Array {
  return new Uint8Array(count);
}

export function join(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Bytes without structure. */
export function data(bytes: Uint8Array | readonly number[]): Layer {
  return { bytes: Uint8Array.from(bytes), fields: [], starts: [] };
}

export const NO_DATA = data([]);

/**
 * A header and what follows it.
 *
 * @param fields of the header: name to offset and number of bytes
 */
export function onTopOf(
  layer: string,
  header: Uint8Array | readonly number[],
  fields: Readonly<Record<string, readonly [offset: number, bytes: number]>>,
  payload: Layer,
): Layer {
  const ownFields = Object.entries(fields).map(([name, [offset, bytes]]) => ({ layer, name, offset, bytes }));
  return {
    bytes: join(header, payload.bytes),
    fields: [...ownFields, ...payload.fields.map((field) => shiftedField(field, header.length))],
    starts: [{ layer, offset: 0 }, ...payload.starts.map((start) => shiftedStart(start, header.length))],
  };
}

/** Name by name: a spread of each of thousands took most of the time of making frames. */
function shiftedField({ layer, name, offset, bytes }: Field, by: number): Field {
  return { layer, name, offset: offset + by, bytes };
}

function shiftedStart({ layer, offset }: LayerStart, by: number): LayerStart {
  return { layer, offset: offset + by };
}

/** Layers one after another, as chunks and options are. */
export function sequence(...parts: readonly Layer[]): Layer {
  let at = 0;
  const fields: Field[] = [];
  const starts: LayerStart[] = [];
  for (const part of parts) {
    for (const field of part.fields) fields.push(shiftedField(field, at));
    for (const start of part.starts) starts.push(shiftedStart(start, at));
    at += part.bytes.length;
  }
  return { bytes: join(...parts.map((part) => part.bytes)), fields, starts };
}
