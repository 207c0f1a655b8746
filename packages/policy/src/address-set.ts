import { type AddressRange, type IpAddress, parseNetwork } from "./ip-address.js";

/** A set of addresses as sorted ranges that neither overlap nor touch. */
export class AddressSet {
  readonly ranges: readonly AddressRange[];

  private constructor(ranges: readonly AddressRange[]) {
    this.ranges = ranges;
  }

  /** The addresses of all `networks` without those of `except`, both in CIDR notation and known to be valid. */
  static of(networks: readonly string[], except: readonly string[]): AddressSet {
    let ranges = joined(networks.flatMap((cidr) => parseNetwork(cidr) ?? []));
    for (const hole of except.flatMap((cidr) => parseNetwork(cidr) ?? []))
      ranges = ranges.flatMap((range) => without(range, hole));
    return new AddressSet(ranges);
  }

  contains({ family, value }: IpAddress): boolean {
    let low = 0;
    let high = this.ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const range = this.ranges[middle]!;
      if (range.family < family || (range.family === family && range.last < value)) low = middle + 1;
      else if (range.family > family || range.first > value) high = middle - 1;
      else return true;
    }
    return false;
  }
}

function joined(ranges: readonly AddressRange[]): AddressRange[] {
  const sorted = [...ranges].sort(
    (a, b) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0),
  );
  const result: AddressRange[] = [];
  for (const range of sorted) {
    const before = result.at(-1);
    if (before === undefined || before.family !== range.family || before.last + 1n < range.first)
      result.push(range);
    else if (range.last > before.last) result[result.length - 1] = { ...before, last: range.last };
  }
  return result;
}

function without(range: AddressRange, hole: AddressRange): AddressRange[] {
  if (hole.family !== range.family || hole.last < range.first || hole.first > range.last) return [range];
  const parts: AddressRange[] = [];
  if (hole.first > range.first) parts.push({ ...range, last: hole.first - 1n });
  if (hole.last < range.last) parts.push({ ...range, first: hole.last + 1n });
  return parts;
}
