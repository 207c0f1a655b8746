/**
 * CPU time from a capture file to rows, everything on: `node bench/pcap-to-rows.mjs FILE [RUNS]` after a build.
 * Prints one JSON line a run; `cpuPerMpkt` is CPU seconds (user and system, all threads) per million packets.
 */
import { FrameDecoder } from "@hopline/packet";
import { FlowTable, FrameCounter, WINDOW_SECONDS } from "../dist/index.js";
import { readPcapBlocks } from "./pcap-blocks.mjs";

const [path, runs = "1"] = process.argv.slice(2);
if (path === undefined) {
  console.error("usage: node bench/pcap-to-rows.mjs FILE [RUNS]");
  process.exit(2);
}

for (let run = 0; run < Number(runs); run++) {
  const before = process.cpuUsage();
  const table = new FlowTable();
  const counter = new FrameCounter({ decoder: new FrameDecoder(), table });
  const totals = { rows: 0, packets: 0, bytes: 0 };
  const report = (rows) => {
    addRows(totals, rows);
    if (rows !== undefined) table.recycle(rows);
  };
  let window = 0;
  readPcapBlocks(path, (block) => {
    counter.countBlock(block);
    const latest = Math.floor(counter.latestUs / (WINDOW_SECONDS * 1e6));
    if (latest === window) return;
    window = latest;
    report(table.closeWindow(counter.latestUs));
  });
  report(table.flush());
  const cpu = process.cpuUsage(before);
  const { seen, counted, notCounted } = counter.counters();
  const cpuPerMpkt = (cpu.user + cpu.system) / seen;
  const rssMb = Math.round(process.memoryUsage.rss() / 1e6);
  const { created, entries } = table.counters();
  console.log(
    JSON.stringify({
      bench: "flow",
      cpuPerMpkt,
      seen,
      counted,
      notCounted,
      created,
      entries,
      ...totals,
      rssMb,
    }),
  );
  if (totals.packets !== counted)
    throw new Error(`rows hold ${totals.packets} packets, counted were ${counted}`);
}

function addRows(totals, rows) {
  if (rows === undefined) return;
  totals.rows += rows.count;
  for (let row = 0; row < rows.count; row++) {
    totals.packets += rows.packets[row];
    totals.bytes += rows.bytes[row];
  }
}
