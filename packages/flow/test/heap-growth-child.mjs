/**
 * Counts the frames of standard input (JSON of heap-growth.test.ts) round after round, in a process of its own, started with
 * `--expose-gc`, so that nothing else allocates. Answers with one line of JSON.
 */
import { readFileSync } from "node:fs";
import { FrameDecoder } from "@hopline/packet";
import { FlowTable, FrameCounter } from "../dist/index.js";

const { block, advancing, advanceBytes, packets, warmUpPackets, roundUs } = JSON.parse(
  readFileSync(0, "utf8"),
);
const bytes = Uint8Array.from(Buffer.from(block.bytes, "base64"));
const view = new DataView(bytes.buffer);
const frames = {
  view,
  count: block.offsets.length,
  offsets: Uint32Array.from(block.offsets),
  capturedLengths: Uint32Array.from(block.lengths),
  wireLengths: Uint32Array.from(block.lengths),
  timesUs: Float64Array.from(block.timesUs),
  interfaceIndexes: Int32Array.from(block.interfaceIndexes),
  directions: Uint8Array.from(block.directions),
  vlanTags: new Int32Array(block.offsets.length).fill(-1),
  gsoSizes: Uint16Array.from(block.gsoSizes),
  linkType: 1,
};
const places = Uint32Array.from(advancing);

const table = new FlowTable({ capacity: 1 << 14 });
const counter = new FrameCounter({ decoder: new FrameDecoder(), table });
let rows = 0;
let dnsRows = 0;

/** Of the next round: streams go on, and time. */
function advance() {
  for (let i = 0; i < places.length; i++)
    view.setInt32(places[i], (view.getInt32(places[i]) + advanceBytes) | 0);
  for (let i = 0; i < frames.count; i++) frames.timesUs[i] += roundUs;
}

function takeRows() {
  const taken = table.closeWindow(counter.latestUs);
  if (taken !== undefined) {
    rows += taken.count;
    table.recycle(taken);
  }
  for (
    let dns = counter.takeDns(counter.latestUs);
    dns !== undefined;
    dns = counter.takeDns(counter.latestUs)
  )
    dnsRows += dns.count;
}

/** @returns bytes that counting alone allocated, where no collection came between */
function run(count) {
  let allocated = 0;
  for (let done = 0; done < count; done += frames.count) {
    const before = process.memoryUsage().heapUsed;
    counter.countBlock(frames);
    allocated += Math.max(0, process.memoryUsage().heapUsed - before);
    takeRows();
    advance();
  }
  return allocated;
}

run(warmUpPackets);
globalThis.gc();
const before = process.memoryUsage();
const allocated = run(packets);
globalThis.gc();
const after = process.memoryUsage();
process.stdout.write(
  JSON.stringify({
    ...counter.counters(),
    allocated,
    heapGrowth: after.heapUsed - before.heapUsed,
    arrayBufferGrowth: after.arrayBuffers - before.arrayBuffers,
    rows,
    dnsRows,
    table: table.counters(),
  }),
);
