import { describe, expect, test } from "vitest";
import { quantiles, tracePath } from "../src/index.js";
import { ACROSS, BACK, complete, connection, DB, hopRow, LATER, REPLY, WEB } from "./path-rows.js";

describe("latency by segment", () => {
  /** 2 ms are on the wire, a little in the nodes; the server takes 300 µs for data. */
  const handshakes = [2500, 2400, 400, 300];
  const data = [2900, 2780, 720, 600];
  const rows = [
    ...ACROSS.map((place, index) =>
      hopRow(place, {
        handshakeUs: handshakes[index] ?? null,
        dataRoundTripSumUs: (data[index] ?? 0) * 10,
        dataRoundTripCount: 10,
        // Node 2's clock is five seconds behind.
        ...(index < 2 ? {} : { firstSeenUs: 1 }),
      }),
    ),
    ...BACK.map((place, index) =>
      hopRow(place, { ...REPLY, handshakeUs: [2300, 2250, 200, 100][index] ?? null }),
    ),
  ];
  const path = tracePath(connection(WEB, DB), rows, complete("node1", "node2"), [], LATER);

  test("is the difference of neighbouring round trips, whatever the clocks say", () => {
    expect(
      path.forward.segments.map(({ kind, latency }) => [kind, latency.handshakeUs, latency.dataUs]),
    ).toEqual([
      ["source node", 100, 120],
      ["wire", 2000, 2060],
      ["destination node", 100, 120],
    ]);
    expect(path.forward.receiverUs).toEqual({ handshakeUs: 300, dataUs: 600 });
    expect(path.reply.segments.map(({ latency }) => latency.handshakeUs)).toEqual([50, 2050, 100]);
    expect(path.reply.receiverUs).toEqual({ handshakeUs: 100, dataUs: null });
  });

  test("quantiles over many connections pass over those without a measurement", () => {
    expect(quantiles([null, 30, 10, 20, null, 40, 50])).toEqual({ p50: 30, p95: 48, p99: 49.6, count: 5 });
    expect(quantiles([null])).toBeNull();
  });
});
