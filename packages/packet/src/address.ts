/** Bytes of an address as it stands in columns and keys; IPv4 is mapped (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2). */
export const ADDRESS_BYTES = 16;

const IPV4_OFFSET = 12;
const GROUPS = 8;

/** Whether the 16 bytes at `offset` are an IPv4 address. */
export function isIpv4(bytes: Uint8Array, offset = 0): boolean {
  for (let i = 0; i < 10; i++) if (bytes[offset + i] !== 0) return false;
  return bytes[offset + 10] === 0xff && bytes[offset + 11] === 0xff;
}

/** Whether all 16 bytes at `offset` are zero: no address. */
export function isUnspecified(bytes: Uint8Array, offset = 0): boolean {
  for (let i = 0; i < ADDRESS_BYTES; i++) if (bytes[offset + i] !== 0) return false;
  return true;
}

export function sameAddress(a: Uint8Array, aOffset: number, b: Uint8Array, bOffset: number): boolean {
  for (let i = 0; i < ADDRESS_BYTES; i++) if (a[aOffset + i] !== b[bOffset + i]) return false;
  return true;
}

/** Text of the 16 bytes at `offset`: dotted for IPv4, else as RFC 5952 recommends. */
export function formatAddress(bytes: Uint8Array, offset = 0): string {
  if (isIpv4(bytes, offset)) {
    const at = offset + IPV4_OFFSET;
    return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
  }
  const groups: number[] = [];
  for (let i = 0; i < GROUPS; i++) groups.push((bytes[offset + 2 * i]! << 8) | bytes[offset + 2 * i + 1]!);
  const { start, length } = longestZeroRun(groups);
  const text = (part: number[]) => part.map((group) => group.toString(16)).join(":");
  // RFC 5952 section 4.2.2: a single zero group is not shortened.
  if (length < 2) return text(groups);
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

/** The first of the longest runs of zero groups (RFC 5952 section 4.2.3). */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i < groups.length; i++) {
    if (groups[i] !== 0) start = i + 1;
    else if (i + 1 - start > best.length) best = { start, length: i + 1 - start };
  }
  return best;
}

/**
 * The 16 bytes of an IPv4 or IPv6 address in text, or undefined where the text is none.
 * Neither zones (`%eth0`) nor prefix lengths nor octal or shortened IPv4 are taken.
 */
export function parseAddress(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(ADDRESS_BYTES);
  return parseAddressInto(text, bytes, 0) ? bytes : undefined;
}

/** As {@link parseAddress}, into `out` at `offset`. Where it returns false, those 16 bytes are undefined. */
export function parseAddressInto(text: string, out: Uint8Array, offset: number): boolean {
  if (text.includes(":")) return parseIpv6(text, out, offset);
  out.fill(0, offset, offset + 10);
  out[offset + 10] = 0xff;
  out[offset + 11] = 0xff;
  return parseIpv4(text, out, offset + IPV4_OFFSET);
}

/** Four decimal octets without leading zeros (RFC 6943 section 3.1.1 says why not octal), to 4 bytes. */
function parseIpv4(text: string, out: Uint8Array, offset: number): boolean {
  const octets = text.split(".");
  if (octets.length !== 4) return false;
  for (let i = 0; i < 4; i++) {
    const octet = octets[i]!;
    if (!/^(0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return false;
    out[offset + i] = Number(octet);
  }
  return true;
}

/** RFC 4291 section 2.2, all three forms. */
function parseIpv6(text: string, out: Uint8Array, offset: number): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const head = groupsOf(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return false;
  const known = head.length + tail.length;
  // "::" stands for at least one group.
  if (halves.length === 1 ? known !== GROUPS : known >= GROUPS) return false;
  const groups = [...head, ...new Array<number>(GROUPS - known).fill(0), ...tail];
  for (let i = 0; i < GROUPS; i++) {
    out[offset + 2 * i] = groups[i]! >> 8;
    out[offset + 2 * i + 1] = groups[i]! & 0xff;
  }
  return true;
}

/** The 16-bit groups of one side of "::"; an IPv4 address may stand for the last two where the text ends with them. */
function groupsOf(text: string, endsAddress: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (endsAddress && i === parts.length - 1 && part.includes(".")) {
      const quad = new Uint8Array(4);
      if (!parseIpv4(part, quad, 0)) return undefined;
      groups.push((quad[0]! << 8) | quad[1]!, (quad[2]! << 8) | quad[3]!);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
