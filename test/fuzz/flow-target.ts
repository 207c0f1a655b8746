import { isDeepStrictEqual } from "node:util";
import { type DnsRows, FlowTable, type FrameColumns, FrameCounter, type HopRows } from "@hopline/flow";
import { DIRECTION_UNKNOWN, FrameDecoder, formatAddress, LINKTYPE_ETHERNET } from "@hopline/packet";
import { START_S } from "../corpus/capture.js";
import { join, u16, u32 } from "../corpus/layer.js";
import type { SeededRandom } from "../corpus/seeded-random.js";
import {
  decodeFrameCase,
  decodeList,
  encodeFrameCase,
  encodeList,
  type FrameCase,
  framesByCapture,
  makeCaseOf,
  makeFrameCase,
} from "./frame-case.js";
import { type FuzzTarget, promise } from "./target.js";

const CAPACITY = 8;
/** Enough that nothing is evicted. */
const AMPLE_CAPACITY = 256;
/** Rows come in portions; so many there never are. */
const MOST_TAKES = 1_000;
/** The first of {@link SUMMED}. */
const SIZES = 3;
const SUMMED = [
  "packets",
  "bytes",
  "payloadBytes",
  "retransmittedBytes",
  "gapBytes",
  "synPackets",
  "fragments",
] as const;
const MOST_FRAMES = 40;
const PREFIX_BYTES = 8;
/** Mostly onwards, now and then far, or back. */
const STEPS_MS = [0, 1, 10, 200, 3_000, 11_000, 70_000, 700_000, -500, -15_000];

/** What a step does beside counting a frame. */
const COUNT_ONLY = 0;
const TAKE_NEW = 1;
const CLOSE_WINDOW = 2;
const FLUSH = 3;

const decoder = new FrameDecoder();

/**
 * FrameCounter and FlowTable: the sum law, over frames of any kind, whenever rows are taken, with a table that is too small; and
 * the same rows whether frames come one by one or in blocks.
 */
export const flowTarget: FuzzTarget = {
  name: "flows",
  make: (random) => encodeList(random.once(2) ? unrelatedSteps(random) : captureSteps(random)),
  check(input) {
    const steps = decodeList(input).map(stepOf);
    const tight = count(steps, { capacity: CAPACITY, withActions: true, framesPerBlock: 1 });
    const single = count(steps, { capacity: AMPLE_CAPACITY, withActions: false, framesPerBlock: 1 });
    promise(
      isDeepStrictEqual(sizesOf(tight.flows), sizesOf(single.flows)),
      "when rows are taken changes what they add up to",
    );
    const blocks = count(steps, {
      capacity: AMPLE_CAPACITY,
      withActions: false,
      framesPerBlock: steps.length,
    });
    promise(
      isDeepStrictEqual(single.counters, blocks.counters),
      "a block's frames are counted otherwise than one by one",
    );
    promise(
      isDeepStrictEqual(single.flows, blocks.flows),
      "a block's frames make other rows than one by one",
    );
    return `${Object.keys(tight.counters.notCounted).length} reasons`;
  },
};

/** Packets, bytes and payload, which no eviction may change; what TCP's own accounting remembers ends with an entry. */
function sizesOf(flows: Readonly<Record<string, readonly number[]>>): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(flows).map(([flow, sums]) => [flow, sums.slice(0, SIZES)]));
}

interface CountOptions {
  readonly capacity: number;
  /** Take rows where the steps say so. */
  readonly withActions: boolean;
  readonly framesPerBlock: number;
}

/** Counts the steps' frames, sees that the sum law holds, and gives what has been counted. */
function count(steps: readonly Step[], { capacity, withActions, framesPerBlock }: CountOptions) {
  const table = new FlowTable({ capacity });
  const counter = new FrameCounter({ decoder, table });
  const sums = new RowSums();
  for (let at = 0; at < steps.length; ) {
    const block = blockAt(steps, at, framesPerBlock);
    counter.countBlock(blockOf(block));
    at += block.length;
    promise(table.counters().entries <= capacity, "more entries than the table has room for");
    const last = block.at(-1);
    if (withActions && last !== undefined) act(last, table, counter, sums);
  }
  sums.add(table.flush());
  drain(() => counter.flushDns());
  const counters = counter.counters();
  const { seen, counted, ignored, notCounted } = counters;
  const byReason = Object.values(notCounted).reduce((sum, frames) => sum + frames, 0);
  promise(seen === steps.length, `${seen} frames seen of ${steps.length}`);
  promise(counted + ignored + byReason === seen, `${counted} counted, ${byReason} not, of ${seen} seen`);
  promise(sums.packets === counted, `rows hold ${sums.packets} packets, counted were ${counted}`);
  return { counters, flows: sums.flows };
}

/** As many steps as fit one block: of one link type. */
function blockAt(steps: readonly Step[], at: number, framesPerBlock: number): Step[] {
  const linkType = steps[at]?.frameCase.linkType;
  const block = steps.slice(at, at + framesPerBlock);
  const other = block.findIndex(({ frameCase }) => frameCase.linkType !== linkType);
  return other < 0 ? block : block.slice(0, other);
}

function act({ action, timeUs }: Step, table: FlowTable, counter: FrameCounter, sums: RowSums): void {
  if (action === TAKE_NEW) sums.add(table.takeNew(timeUs));
  if (action === CLOSE_WINDOW) sums.add(table.closeWindow(timeUs));
  if (action === FLUSH) sums.add(table.flush());
  if (action !== COUNT_ONLY) drain(() => counter.takeDns(timeUs));
}

/** Takes DNS rows until there are no more. */
function drain(take: () => DnsRows | undefined): void {
  for (let rows = take(), times = 0; rows !== undefined; rows = take(), times++) {
    promise(times < MOST_TAKES, "DNS rows without end");
    for (const [row, name] of rows.names.slice(0, rows.count).entries()) {
      const [sumUs = 0, longestUs = 0] = [rows.latencySumUs[row], rows.latencyMaxUs[row]];
      promise(/^[\x21-\x7e]*$/.test(name), "a name that is not printable");
      promise(
        longestUs >= 0 && sumUs >= longestUs,
        `answers after ${sumUs} µs, the last after ${longestUs} µs`,
      );
    }
  }
}

interface Step {
  readonly frameCase: FrameCase;
  readonly interfaceIndex: number;
  readonly direction: number;
  readonly action: number;
  readonly timeUs: number;
  readonly gsoSize: number;
}

/** Frames of any kind, damaged, at any time, here and there. */
function unrelatedSteps(random: SeededRandom): Uint8Array[] {
  const steps = Array.from({ length: random.between(1, MOST_FRAMES) }, () => {
    const place = { interfaceIndex: random.below(3), direction: random.below(3) };
    return makeStep(random, makeFrameCase(random), random.pick(STEPS_MS), place);
  });
  // The same frames again: retransmissions, and ends that come twice.
  if (random.once(2)) steps.push(...steps.slice(0, random.below(steps.length)));
  return steps;
}

/** Frames of one capture as they follow each other: some are missing, some come twice, overtake others or are damaged. */
function captureSteps(random: SeededRandom): Uint8Array[] {
  const frames = random.pick(framesByCapture());
  const from = random.below(frames.length);
  const steps: Uint8Array[] = [];
  for (const frame of frames.slice(from, from + MOST_FRAMES)) {
    if (random.once(8)) continue;
    const stepMs = random.once(10) ? random.pick(STEPS_MS) : random.below(30);
    const step = makeStep(random, makeCaseOf(frame, random), stepMs, {
      interfaceIndex: 1,
      direction: DIRECTION_UNKNOWN,
    });
    steps.push(step);
    if (random.once(8)) steps.push(step);
    const earlier = steps.at(-3);
    if (earlier !== undefined && random.once(8)) steps.push(earlier);
  }
  return steps;
}

function makeStep(
  random: SeededRandom,
  frameCase: FrameCase,
  stepMs: number,
  { interfaceIndex, direction }: { interfaceIndex: number; direction: number },
): Uint8Array {
  const action = random.pick([COUNT_ONLY, COUNT_ONLY, COUNT_ONLY, TAKE_NEW, CLOSE_WINDOW, FLUSH]);
  const gsoSize = random.pick([0, 0, 0, 1, 500, 1_448, 65_535]);
  const prefix = join([(interfaceIndex << 2) | direction, action], u32(stepMs), u16(gsoSize));
  return join(prefix, encodeFrameCase(frameCase));
}

/** As {@link makeStep} made it; times are counted from the first step on. */
function stepOf(input: Uint8Array, number: number, all: readonly Uint8Array[]): Step {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const passedMs = all.slice(0, number + 1).reduce((sum, step) => sum + stepMs(step), 0);
  return {
    frameCase: decodeFrameCase(input.subarray(PREFIX_BYTES)),
    interfaceIndex: view.getUint8(0) >> 2,
    direction: view.getUint8(0) & 3,
    action: view.getUint8(1),
    timeUs: Math.max(0, START_S * 1e6 + passedMs * 1e3),
    gsoSize: view.getUint16(6, false),
  };
}

function stepMs(step: Uint8Array): number {
  return new DataView(step.buffer, step.byteOffset, step.byteLength).getInt32(2, false);
}

function blockOf(steps: readonly Step[]): FrameColumns {
  const frames = steps.map(({ frameCase }) => frameCase);
  const bytes = join(...frames.map(({ frame }) => frame));
  let end = 0;
  return {
    view: new DataView(bytes.buffer),
    count: steps.length,
    offsets: Uint32Array.from(frames, ({ frame }) => {
      end += frame.length;
      return end - frame.length;
    }),
    capturedLengths: Uint32Array.from(frames, ({ frame }) => frame.length),
    wireLengths: Uint32Array.from(frames, ({ wireLength }) => wireLength),
    timesUs: Float64Array.from(steps, ({ timeUs }) => timeUs),
    interfaceIndexes: Int32Array.from(steps, ({ interfaceIndex }) => interfaceIndex),
    directions: Uint8Array.from(steps, ({ direction }) => direction),
    vlanTags: Int32Array.from(frames, ({ vlanTag }) => vlanTag),
    gsoSizes: Uint16Array.from(steps, ({ gsoSize }) => gsoSize),
    linkType: frames[0]?.linkType ?? LINKTYPE_ETHERNET,
  };
}

/** Adds rows up, and looks at each whether it can be true. */
class RowSums {
  packets = 0;
  /** By flow, interface and direction: what its rows add up to. */
  readonly flows: Record<string, number[]> = {};

  add(rows: HopRows | undefined): void {
    for (let row = 0; row < (rows?.count ?? 0); row++) if (rows !== undefined) this.#addRow(rows, row);
  }

  #addRow(rows: HopRows, row: number): void {
    const [packets = 0, bytes = 0, payloadBytes = 0] = [
      rows.packets[row],
      rows.bytes[row],
      rows.payloadBytes[row],
    ];
    const [firstUs = 0, lastUs = 0] = [rows.firstUs[row], rows.lastUs[row]];
    const [retransmittedBytes = 0, roundTripSumUs = 0] = [
      rows.retransmittedBytes[row],
      rows.dataRoundTripSumUs[row],
    ];
    promise(payloadBytes <= bytes, `${payloadBytes} bytes of payload of ${bytes}`);
    promise(packets === 0 || firstUs <= lastUs, "a row ends before it begins");
    promise(retransmittedBytes <= payloadBytes, `${retransmittedBytes} bytes again of ${payloadBytes}`);
    promise(roundTripSumUs >= 0, `round trips of ${roundTripSumUs} µs`);
    this.packets += packets;
    const addresses = [rows.sourceAddresses, rows.destinationAddresses].map((column) =>
      formatAddress(column, 16 * row),
    );
    const numbers = [
      rows.sourcePorts,
      rows.destinationPorts,
      rows.protocols,
      rows.interfaceIndexes,
      rows.directions,
    ];
    const flow = [...addresses, ...numbers.map((column) => column[row])].join(" ");
    const before = this.flows[flow];
    this.flows[flow] = SUMMED.map((name, i) => (before?.[i] ?? 0) + (rows[name][row] ?? 0));
  }
}
