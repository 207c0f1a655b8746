import fc from "fast-check";
import { expect, it } from "vitest";
import { FlowTable } from "../src/flow-table.js";
import { CLOSING_FIN, CLOSING_RST } from "../src/row-flags.js";
import { ACK, count, FIN, fromClient, fromServer, RST } from "./packets.js";
import { rowFrom, rowsOf } from "./rows.js";

/** What a hop has seen of a stream, byte by byte. */
class SeenBytes {
  readonly #seen = new Set<number>();
  #first: number | undefined;
  #next = 0;
  retransmittedBytes = 0;
  retransmittedPackets = 0;
  outOfOrderBytes = 0;
  outOfOrderPackets = 0;

  segment(start: number, length: number): void {
    let again = 0;
    let late = 0;
    // What lies below the first segment ever seen counts as sent again.
    const first = this.#first ?? start;
    for (let byte = start; byte < start + length; byte++) {
      if (this.#seen.has(byte) || byte < first) again++;
      else if (byte < this.#next) late++;
      if (byte >= first) this.#seen.add(byte);
    }
    this.#first = first;
    this.#next = Math.max(this.#next, start + length);
    this.retransmittedBytes += again;
    this.retransmittedPackets += again > 0 ? 1 : 0;
    this.outOfOrderBytes += late;
    this.outOfOrderPackets += late > 0 ? 1 : 0;
  }

  get gapBytes(): number {
    return this.#next - (this.#first ?? 0) - this.#seen.size;
  }
}

/** Mostly onwards, sometimes back or over a gap; few enough holes that the table remembers them all. */
const segments = fc.array(
  fc.tuple(fc.integer({ min: -90, max: 60 }), fc.integer({ min: 2, max: 50 }), fc.nat(1)),
  {
    maxLength: 40,
  },
);

it("accounts retransmissions, late arrivals and gaps as a set of bytes does, wherever the numbers wrap", () => {
  let compared = 0;
  let late = 0;
  fc.assert(
    fc.property(segments, fc.integer({ min: 0, max: 0xffffffff }), (steps, initialSequence) => {
      const model = new SeenBytes();
      const table = new FlowTable({ capacity: 4 });
      let next = 1000;
      for (const [jump, length, seldom] of steps) {
        const start = seldom === 0 ? Math.max(next + jump, 0) : next;
        model.segment(start, length);
        count(table, fromClient({ flags: ACK, sequence: initialSequence + start, payloadBytes: length }));
        next = Math.max(next, start + length);
      }
      const rows = rowsOf(table.flush());
      if (rows.length === 0 || table.counters().holesForgotten > 0) return;
      compared++;
      late += model.outOfOrderPackets;
      const row = rowFrom("10.0.0.1", rows);
      expect({
        retransmittedBytes: row.retransmittedBytes,
        retransmittedPackets: row.retransmittedPackets,
        outOfOrderBytes: row.outOfOrderBytes,
        outOfOrderPackets: row.outOfOrderPackets,
        gapBytes: row.gapBytes,
      }).toEqual({
        retransmittedBytes: model.retransmittedBytes,
        retransmittedPackets: model.retransmittedPackets,
        outOfOrderBytes: model.outOfOrderBytes,
        outOfOrderPackets: model.outOfOrderPackets,
        gapBytes: model.gapBytes,
      });
    }),
    { numRuns: 1_500 },
  );
  expect(compared).toBeGreaterThan(1_000);
  expect(late).toBeGreaterThan(150);
});

const LINGER_MS = 5_000;
const SIDES = ["client", "server"] as const;
type Side = (typeof SIDES)[number];

/** How a connection's ends are told, by objects: what each side did in each window. */
class SeenClosings {
  readonly byRow = new Map<string, number>();
  #finished = new Set<Side>();
  #closedMs: number | undefined;
  #window = -1;

  packet(side: Side, flags: number, atMs: number): void {
    const window = Math.floor(atMs / 10_000) * 10;
    if (window !== this.#window && this.#closedMs !== undefined && atMs - this.#closedMs > LINGER_MS) {
      this.#finished = new Set();
      this.#closedMs = undefined;
    }
    this.#window = window;
    const row = `${side} ${window}`;
    const before = this.byRow.get(row) ?? 0;
    this.byRow.set(row, before);
    if ((flags & RST) !== 0) {
      if (this.#closedMs !== undefined) return;
      this.#closedMs = atMs;
      this.byRow.set(row, CLOSING_RST);
    } else if ((flags & FIN) !== 0) {
      if (this.#finished.size === 0) this.byRow.set(row, CLOSING_FIN);
      this.#finished.add(side);
      if (this.#finished.size === 2) this.#closedMs ??= atMs;
    }
  }
}

const endings = fc.array(
  fc.tuple(
    fc.constantFrom(...SIDES),
    fc.constantFrom(ACK, ACK, FIN | ACK, FIN | ACK, RST, RST | ACK),
    fc.constantFrom(0, 1, 100, 1_000, 4_000, 6_000, 11_000),
  ),
  { maxLength: 12 },
);

it("tells who closed as a model of objects does, in the same windows", () => {
  const seen = new Set<number>();
  fc.assert(
    fc.property(endings, (steps) => {
      const model = new SeenClosings();
      const table = new FlowTable({ capacity: 4 });
      let atMs = 0;
      for (const [side, flags, stepMs] of steps) {
        atMs += stepMs;
        model.packet(side, flags, atMs);
        count(table, side === "client" ? fromClient({ flags, atMs }) : fromServer({ flags, atMs }));
      }
      const byRow = new Map<string, number>();
      for (const row of rowsOf(table.flush())) {
        if (row.packets === 0) continue;
        byRow.set(`${row.source === "10.0.0.1" ? "client" : "server"} ${row.windowS}`, row.closings);
        seen.add(row.closings);
      }
      expect(byRow).toEqual(model.byRow);
    }),
    { numRuns: 1_500 },
  );
  expect([...seen].sort()).toEqual([0, CLOSING_FIN, CLOSING_RST]);
});
