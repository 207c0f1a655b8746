import fc from "fast-check";
import { expect, it } from "vitest";
import { FlowTable } from "../src/flow-table.js";
import { ACK, count, fromClient } from "./packets.js";
import { rowFrom, rowsOf } from "./rows.js";

/** What a hop has seen of a stream, byte by byte. */
class SeenBytes {
  readonly #seen = new Set<number>();
  #next: number | undefined;
  retransmittedBytes = 0;
  retransmittedPackets = 0;

  segment(start: number, length: number): void {
    let again = 0;
    // What lies below the first segment ever seen counts as sent again.
    const first = this.#first ?? start;
    for (let byte = start; byte < start + length; byte++) {
      if (this.#seen.has(byte) || byte < first) again++;
      else this.#seen.add(byte);
    }
    this.#first = first;
    if (again > 0) {
      this.retransmittedBytes += again;
      this.retransmittedPackets++;
    }
    this.#next = Math.max(this.#next ?? 0, start + length);
  }

  get gapBytes(): number {
    return (this.#next ?? 0) - (this.#first ?? 0) - this.#seen.size;
  }

  #first: number | undefined;
}

/** Mostly onwards, sometimes back or over a gap; few enough holes that the table remembers them all. */
const segments = fc.array(
  fc.tuple(fc.integer({ min: -60, max: 40 }), fc.integer({ min: 2, max: 50 }), fc.nat(3)),
  {
    maxLength: 40,
  },
);

it("accounts retransmissions and gaps as a set of bytes does, wherever the numbers wrap", () => {
  let compared = 0;
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
      const { retransmittedBytes, retransmittedPackets, gapBytes } = rowFrom("10.0.0.1", rows);
      expect({ retransmittedBytes, retransmittedPackets, gapBytes }).toEqual({
        retransmittedBytes: model.retransmittedBytes,
        retransmittedPackets: model.retransmittedPackets,
        gapBytes: model.gapBytes,
      });
    }),
    { numRuns: 1_500 },
  );
  expect(compared).toBeGreaterThan(1_000);
});
