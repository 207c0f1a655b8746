import { FIRST_PORT, LAST_PORT, PROTOCOL_NAMES, type ProtocolName } from "./protocol.js";

interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Destination ports of each protocol, as sorted ranges that neither overlap nor touch. */
export class PortSet {
  readonly #ranges: Readonly<Record<ProtocolName, PortRange[]>> = { TCP: [], UDP: [], SCTP: [] };

  /** Adds the ports from `first` to `last`, both included. */
  add(protocol: ProtocolName, first: number, last: number): void {
    const tail = this.#ranges[protocol].at(-1);
    // Ports mostly come in their order.
    if (tail !== undefined && tail.first <= first && first <= tail.last + 1) {
      this.#ranges[protocol].splice(-1, 1, { first: tail.first, last: Math.max(tail.last, last) });
      return;
    }
    const sorted = [...this.#ranges[protocol], { first, last }].sort((a, b) => a.first - b.first);
    const joined: PortRange[] = [];
    for (const range of sorted) {
      const before = joined.at(-1);
      if (before === undefined || range.first > before.last + 1) joined.push(range);
      else joined[joined.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
    }
    this.#ranges[protocol].splice(0, Number.POSITIVE_INFINITY, ...joined);
  }

  addAll(other: PortSet): void {
    for (const protocol of PROTOCOL_NAMES)
      for (const { first, last } of other.rangesOf(protocol)) this.add(protocol, first, last);
  }

  rangesOf(protocol: ProtocolName): readonly PortRange[] {
    return this.#ranges[protocol];
  }

  get isEmpty(): boolean {
    return PROTOCOL_NAMES.every((protocol) => this.#ranges[protocol].length === 0);
  }

  get isAll(): boolean {
    return PROTOCOL_NAMES.every((protocol) =>
      this.#ranges[protocol].some(({ first, last }) => first <= FIRST_PORT && last >= LAST_PORT),
    );
  }

  /** `All Connections`, or e.g. `TCP 80,443,8000-8080,UDP 53`; empty where there are none. */
  get text(): string {
    if (this.isAll) return "All Connections";
    return PROTOCOL_NAMES.flatMap((protocol) => {
      const ranges = this.#ranges[protocol].map(({ first, last }) =>
        first === last ? `${first}` : `${first}-${last}`,
      );
      return ranges.length === 0 ? [] : [`${protocol} ${ranges.join(",")}`];
    }).join(",");
  }
}
