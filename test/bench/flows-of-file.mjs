/**
 * A capture file through everything that stands between the agent's source and its batches: file reader, decoder, flow table
 * with all its features, windows, DNS. Prints one line of JSON with the totals: `node flows-of-file.mjs FILE`.
 */
import { openPcapFile } from "@hopline/capture";
import { FlowTable, FrameCounter, WINDOW_SECONDS } from "@hopline/flow";
import { FrameDecoder } from "@hopline/packet";

const WINDOW_US = WINDOW_SECONDS * 1e6;
const table = new FlowTable();
const counter = new FrameCounter({ decoder: new FrameDecoder(), table });
const source = openPcapFile(process.argv[2], { memory: counter.memory });
const totals = { rows: 0, packets: 0, bytes: 0, dnsRows: 0 };

function take(rows) {
  if (rows === undefined) return;
  const { count, packets, bytes } = rows;
  totals.rows += count;
  for (let row = 0; row < count; row++) {
    totals.packets += packets[row];
    totals.bytes += bytes[row];
  }
  table.recycle(rows);
}

function takeDns(rows) {
  if (rows === undefined) return false;
  totals.dnsRows += rows.count;
  return true;
}

let window = 0;
while (source.poll(0, (block) => counter.countBlock(block)) >= 0) {
  const latest = Math.floor(counter.latestUs / WINDOW_US);
  if (latest === window) continue;
  window = latest;
  take(table.closeWindow(counter.latestUs));
  takeDns(counter.takeDns(counter.latestUs));
}
take(table.flush());
while (takeDns(counter.flushDns()));
source.close();
const { seen, counted, notCounted } = counter.counters();
console.log(JSON.stringify({ seen, counted, notCounted, connections: table.counters().created, ...totals }));
