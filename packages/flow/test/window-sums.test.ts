import fc from "fast-check";
import { expect, it } from "vitest";
import { FlowTable } from "../src/flow-table.js";
import type { HopRows } from "../src/hop-rows.js";
import { ROW_FIRST, ROW_LAST } from "../src/row-flags.js";
import { ACK, count, FIN, type PacketFields, RST, SYN, us } from "./packets.js";
import { type Row, rowsOf } from "./rows.js";

type Step = { kind: "packet"; packet: PacketFields } | { kind: "takeNew" | "closeWindow"; afterMs: number };

const packetStep = fc
  .record({
    reply: fc.boolean(),
    sourcePort: fc.constantFrom(1, 2, 3, 4, 5),
    direction: fc.constantFrom(0, 0, 0, 1, 2),
    flags: fc.constantFrom(ACK, ACK, ACK, ACK, SYN, SYN | ACK, FIN | ACK, RST, 0),
    sequence: fc.nat(400),
    acknowledgement: fc.nat(400),
    payloadBytes: fc.constantFrom(0, 0, 1, 50, 100),
    protocol: fc.constantFrom(6, 6, 17),
    timestamps: fc.option(fc.tuple(fc.nat(9), fc.nat(9)), { nil: undefined }),
    segmentBytes: fc.constantFrom(0, 0, 0, 20),
    /** Mostly onwards, now and then a long pause or a step back. */
    stepMs: fc.constantFrom(0, 1, 10, 100, 2_000, 9_000, 25_000, 80_000, -500),
  })
  .map(({ reply, sourcePort, stepMs, ...rest }) => ({
    stepMs,
    packet: reply
      ? { ...rest, source: "10.0.0.2", destination: "10.0.0.1", sourcePort: 80, destinationPort: sourcePort }
      : { ...rest, sourcePort },
  }));
const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: packetStep.map((step) => ({ kind: "packet" as const, ...step })) },
    fc.record({ kind: fc.constantFrom("takeNew" as const, "closeWindow" as const), stepMs: fc.nat(3_000) }),
  ),
  { maxLength: 60 },
);

it("rows add up to what was counted, however often and whenever they are taken", () => {
  fc.assert(
    fc.property(steps, fc.constantFrom(2, 3, 64), (planned, capacity) => {
      const plan = timed(planned);
      const often = run(new FlowTable({ capacity }), plan);
      const once = run(
        new FlowTable({ capacity: 64 }),
        plan.filter((step) => step.kind === "packet"),
      );
      const packets = plan.flatMap((step) => (step.kind === "packet" ? [step.packet] : []));
      expect(totals(often)).toEqual(totalsOfPackets(packets));
      expect(totals(once)).toEqual(totalsOfPackets(packets));
      for (const rows of [often, once]) {
        for (const row of rows) expectSound(row);
        expectEachBeginsAndEndsOnce(rows);
      }
    }),
    { numRuns: 400 },
  );
});

it("counts TCP's own the same whatever the windows, as long as nothing is evicted", () => {
  fc.assert(
    fc.property(steps, (planned) => {
      const plan = timed(planned);
      const often = run(new FlowTable({ capacity: 64 }), plan);
      const once = run(
        new FlowTable({ capacity: 64 }),
        plan.filter((step) => step.kind === "packet"),
      );
      expect(tcpTotals(often)).toEqual(tcpTotals(once));
    }),
    { numRuns: 400 },
  );
});

function timed(
  planned: readonly (({ kind: "packet"; packet: PacketFields } | { kind: "takeNew" | "closeWindow" }) & {
    stepMs: number;
  })[],
): Step[] {
  let nowMs = 1_000;
  return planned.map((step) => {
    nowMs = Math.max(0, nowMs + step.stepMs);
    return step.kind === "packet"
      ? { kind: "packet", packet: { ...step.packet, atMs: nowMs } }
      : { kind: step.kind, afterMs: nowMs };
  });
}

function run(table: FlowTable, plan: readonly Step[]): Row[] {
  const taken: (HopRows | undefined)[] = [];
  for (const step of plan) {
    if (step.kind === "packet") count(table, step.packet);
    else if (step.kind === "takeNew") taken.push(table.takeNew(us(step.afterMs)));
    else taken.push(table.closeWindow(us(step.afterMs)));
  }
  taken.push(table.flush());
  expect(table.flush()).toBeUndefined();
  expect(table.pendingRows).toBe(0);
  return taken.flatMap((rows) => rowsOf(rows));
}

/** A flow at an observation point, in one window. */
function flowKey(row: Row): string {
  return `${row.source}:${row.sourcePorts} ${row.destinationPorts} ${row.protocols} ${row.directions}`;
}

function totals(rows: readonly Row[]): Record<string, number[]> {
  const sums: Record<string, number[]> = {};
  for (const row of rows) {
    if (row.packets === 0) continue;
    add(sums, `${flowKey(row)} ${row.windowS}`, [
      row.packets,
      row.bytes,
      row.payloadBytes,
      row.payloadPackets,
    ]);
  }
  return sums;
}

function totalsOfPackets(packets: readonly PacketFields[]): Record<string, number[]> {
  const sums: Record<string, number[]> = {};
  for (const packet of packets) {
    const {
      source = "10.0.0.1",
      sourcePort,
      destinationPort = 80,
      protocol,
      direction,
      atMs = 0,
      payloadBytes = 0,
    } = packet;
    const windowS = Math.floor(atMs / 10_000) * 10;
    add(sums, `${source}:${sourcePort} ${destinationPort} ${protocol} ${direction} ${windowS}`, [
      1,
      40 + payloadBytes,
      payloadBytes,
      payloadBytes > 0 ? 1 : 0,
    ]);
  }
  return sums;
}

function tcpTotals(rows: readonly Row[]): Record<string, number[]> {
  const sums: Record<string, number[]> = {};
  for (const row of rows) {
    add(sums, flowKey(row), [
      row.retransmittedBytes,
      row.retransmittedPackets,
      row.outOfOrderBytes,
      row.outOfOrderPackets,
      row.gapBytes,
      row.synPackets,
      row.synAckPackets,
      row.finPackets,
      row.rstPackets,
      row.dataRoundTripSumUs,
      row.dataRoundTripCount,
      row.timestampRoundTripCount,
      row.superFrames,
      row.superFrameSegments,
    ]);
  }
  return sums;
}

function add(sums: Record<string, number[]>, key: string, values: readonly number[]): void {
  const before = sums[key] ?? values.map(() => 0);
  sums[key] = values.map((value, i) => value + (before[i] ?? 0));
}

function expectSound(row: Row): void {
  expect(row.firstUs).toBeLessThanOrEqual(row.lastUs);
  expect(Math.floor(row.firstUs / 1e7) * 10).toBe(row.windowStarts);
  expect(Math.floor(row.lastUs / 1e7) * 10).toBe(row.windowStarts);
}

/** In the order of the rows: first, none or more without either mark, last; then first again. */
function expectEachBeginsAndEndsOnce(rows: readonly Row[]): void {
  const open = new Set<string>();
  for (const row of rows) {
    const key = flowKey(row);
    expect((row.rowFlags & ROW_FIRST) !== 0).toBe(!open.has(key));
    open.add(key);
    if ((row.rowFlags & ROW_LAST) !== 0) open.delete(key);
  }
}
