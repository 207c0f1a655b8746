interface Range {
  readonly first: number;
  readonly prefixLength: number;
}

/** A range less some others, as the fewest ranges that cover what is left: a.b.c.d/n texts in order of address. */
export function subtractRanges(cidr: string, except: readonly string[]): string[] {
  const holes = except.map(parseRange);
  return split(parseRange(cidr), holes).map(formatRange);
}

function split(range: Range, holes: readonly Range[]): Range[] {
  const touching = holes.filter((hole) => contains(range, hole) || contains(hole, range));
  if (touching.length === 0) return [range];
  if (touching.some((hole) => contains(hole, range))) return [];
  const prefixLength = range.prefixLength + 1;
  const second = range.first + 2 ** (32 - prefixLength);
  return [
    ...split({ first: range.first, prefixLength }, touching),
    ...split({ first: second, prefixLength }, touching),
  ];
}

function contains(outer: Range, inner: Range): boolean {
  return (
    outer.prefixLength <= inner.prefixLength &&
    inner.first >= outer.first &&
    inner.first < outer.first + 2 ** (32 - outer.prefixLength)
  );
}

/** Bits of the address beyond the prefix are ignored. */
function parseRange(text: string): Range {
  const [address, length] = text.split("/");
  const prefixLength = Number(length);
  const size = 2 ** (32 - prefixLength);
  const value = address!.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return { first: Math.floor(value / size) * size, prefixLength };
}

function formatRange({ first, prefixLength }: Range): string {
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${bytes.join(".")}/${prefixLength}`;
}
