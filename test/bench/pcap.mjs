import { execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BenchError,
  benchFolder,
  compiled,
  figure,
  installed,
  madeFolder,
  measured,
  median,
  round,
  say,
  table,
} from "./run.mjs";

const PEERS = [
  { name: "nfdump", command: "nfpcapd" },
  { name: "softflowd", command: "softflowd" },
  { name: "pmacct", command: "pmacctd" },
  { name: "tshark", command: "tshark" },
];

/**
 * CPU seconds per million packets from a capture file to flows, against the field's collectors over the same file, one after
 * another in each round; medians. Peers read outer packets only, but for tshark.
 *
 * @param {{packets: number, connections: number, rounds: number}} options
 */
export async function benchPcap({ packets, connections, rounds }) {
  const file = captureFile(packets, connections);
  const there = installed(PEERS);
  const folder = mkdtempSync(join(tmpdir(), "hopline-bench-"));
  try {
    await assertRight(file);
    const commands = {
      ours: [process.execPath, join(benchFolder, "flows-of-file.mjs"), file],
      ...peers(file, folder, there),
    };
    const runs = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
    for (let number = 1; number <= rounds; number++) {
      for (const [name, command] of Object.entries(commands)) {
        // tshark takes fifty times as long as the others: one run says it.
        if (name === "tshark" && number > 1) continue;
        say(`round ${number} of ${rounds}: ${name}`);
        readThrough(file);
        const run = await measured(command);
        if (run.code !== 0)
          throw new BenchError(`${command.join(" ")} ended with ${run.code}: ${run.output.slice(-300)}`);
        runs[name].push(run);
      }
    }
    report(runs, packets);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** So that the file is in the kernel's cache for each of them: who came first would pay for the disk. */
function readThrough(file) {
  const buffer = Buffer.alloc(1 << 20);
  const fd = openSync(file, "r");
  while (readSync(fd, buffer) > 0);
  closeSync(fd);
}

function captureFile(packets, connections) {
  const file = join(madeFolder, `flows-${packets}-${connections}.pcap`);
  const generator = compiled("flowgen", ["-lm"]);
  if (!existsSync(file)) {
    say(`making a capture of ${packets} packets and about ${connections} connections`);
    execFileSync(generator, [file, String(packets), String(connections)], { stdio: "inherit" });
  }
  return file;
}

/** Throws where our totals are not those of a count by the simplest means. */
async function assertRight(file) {
  say("checking our totals against a naive count");
  const answer = async (program) => {
    const { code, output } = await measured([process.execPath, join(benchFolder, program), file]);
    if (code !== 0) throw new BenchError(`${program} ended with ${code}: ${output}`);
    return JSON.parse(output);
  };
  const ours = await answer("flows-of-file.mjs");
  const naive = await answer("naive-count.mjs");
  for (const total of ["packets", "bytes", "connections"]) {
    if (ours[total] !== naive[total])
      throw new BenchError(
        `our ${total} are ${ours[total]}, a naive count says ${naive[total]}: no figure is worth anything`,
      );
  }
  say(`${ours.packets} packets, ${ours.bytes} bytes, ${ours.connections} connections: as counted naively`);
}

function peers(file, folder, there) {
  const pmacct = join(folder, "pmacctd.conf");
  writeFileSync(
    pmacct,
    [
      ...["daemonize: false", "plugins: print", "print_output: csv", "print_refresh_time: 60"],
      ...["aggregate: src_host,dst_host,src_port,dst_port,proto", "print_cache_entries: 400000"],
      ...["plugin_pipe_size: 67108864", "plugin_buffer_size: 65536", "pcap_sf_wait: false"],
      `print_output_file: ${join(folder, "pmacctd.csv")}`,
      "",
    ].join("\n"),
  );
  const commands = {
    nfpcapd: ["nfpcapd", "-r", file, "-l", folder],
    softflowd: ["softflowd", "-d", "-r", file, "-n", "127.0.0.1:9995", "-v", "9", "-m", "400000"],
    pmacctd: ["pmacctd", "-f", pmacct, "-I", file],
    tshark: ["tshark", "-r", file, "-q", "-z", "conv,tcp", "-z", "conv,udp"],
  };
  return Object.fromEntries(Object.entries(commands).filter(([name]) => there.has(name)));
}

function report(runs, packets) {
  const cpuPerMpkt = (name) => (median(runs[name].map((run) => run.cpuSeconds)) / packets) * 1e6;
  const memoryMb = (name) => (median(runs[name].map((run) => run.residentKib)) * 1024) / 1e6;
  const names = Object.keys(runs);
  const others = names.filter((name) => name !== "ours" && name !== "tshark");
  const rows = [["", "CPU s per million packets", "memory MB"]];
  for (const name of names) rows.push([name, cpuPerMpkt(name).toFixed(3), memoryMb(name).toFixed(0)]);
  table(rows);
  for (const name of names) {
    if (name === "ours") continue;
    figure({
      bench: "pcap",
      program: name,
      cpuPerMpkt: round(cpuPerMpkt(name)),
      memoryMb: Math.round(memoryMb(name)),
    });
  }
  const best = others.toSorted((a, b) => cpuPerMpkt(a) - cpuPerMpkt(b))[0];
  figure({
    bench: "pcap",
    program: "hopline",
    packets,
    cpuPerMpkt: round(cpuPerMpkt("ours")),
    memoryMb: Math.round(memoryMb("ours")),
    bestPeer: best ?? null,
    ratio: best === undefined ? null : round(cpuPerMpkt(best) / cpuPerMpkt("ours")),
  });
}
