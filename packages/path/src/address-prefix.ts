/** An address as a number, with the bits of its family; undefined where it is none. */
interface AddressBits {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** How many leading bits a prefix such as `10.1.0.0/16` has, where it holds the address; undefined where it does not. */
export function matchedLength(prefix: string, address: string): number | undefined {
  const [network = "", length = ""] = prefix.split("/");
  const [of, to] = [addressBits(network), addressBits(address)];
  if (of === undefined || to === undefined || of.bits !== to.bits) return undefined;
  const count = Number(length);
  const shift = BigInt(of.bits - count);
  return of.value >> shift === to.value >> shift ? count : undefined;
}

function addressBits(text: string): AddressBits | undefined {
  if (!text.includes(":")) {
    const parts = text.split(".").map(Number);
    if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
    return { bits: 32, value: BigInt(parts.reduce((sum, part) => sum * 256 + part, 0)) };
  }
  const [head = "", tail] = text.replace(/%.*$/, "").split("::");
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const missing = 8 - before.length - after.length;
  if (missing < 0 || (tail === undefined && missing > 0)) return undefined;
  const all = [...before, ...Array<number>(missing).fill(0), ...after];
  if (all.some((group) => !(group >= 0 && group <= 0xffff))) return undefined;
  return { bits: 128, value: all.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n) };
}

/** The groups of one side of `::`; a last one may be an IPv4 address. */
function groups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = -1, b = -1, c = -1, d = -1] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
