/**
 * How fast hop rows go in, and how long questions take over them, on the embedded engine. Run after a build:
 * `node packages/store/bench/insert-and-map.mjs [rows]`, 2,000,000 by default. First the sums are checked, then each question
 * is timed five times. One JSON line a figure. CPU seconds are those of the whole process, merges in the background
 * included.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeBatch, encodeHops, HOP_COLUMNS, StringColumnBuilder } from "@hopline/batch";
import { appendColumns, HOP_IDENTITY_COLUMNS, KEEP_EVERYTHING, openStore } from "@hopline/store";

const rowsWanted = Number(process.argv[2] ?? 2_000_000);
/** 4 hops × 2 directions of a connection in one window; half of them in each node's batch. */
const ROWS_A_CONNECTION = 8;
const CONNECTIONS_A_WINDOW = 5_000;
const WORKLOADS = 60;
const NODES = 20;
const HOUR_MS = 3_600_000;
const start = (Math.floor(Date.now() / HOUR_MS) - 2) * (HOUR_MS / 1000);
const nowMs = (start + 3_600) * 1000;

const dataDir = await mkdtemp(join(tmpdir(), "hopline-bench-"));
const store = openStore({ kind: "embedded", dataDir, retention: KEEP_EVERYTHING, now: () => nowMs });
const report = (figure) => console.log(JSON.stringify({ bench: "store", ...figure }));
try {
  await store.start();
  await benchInserts();
  await benchQueries();
} finally {
  await store.stop();
  await rm(dataDir, { recursive: true, force: true });
}

async function benchInserts() {
  const windows = Math.ceil(rowsWanted / (CONNECTIONS_A_WINDOW * ROWS_A_CONNECTION));
  let [rows, bytes, seconds, cpu, encodeSeconds] = [0, 0, 0, 0, 0];
  for (let window = 0; window < windows; window++) {
    for (const side of [0, 1]) {
      let began = performance.now();
      const batch = makeBatch(window, side);
      encodeSeconds += (performance.now() - began) / 1000;
      const usage = process.cpuUsage();
      began = performance.now();
      const { duplicate } = await store.insertHops(batch, `bench/${window}/${side}`);
      if (duplicate) throw new Error("a batch was taken for a duplicate");
      seconds += (performance.now() - began) / 1000;
      const { user, system } = process.cpuUsage(usage);
      cpu += (user + system) / 1e6;
      rows += (CONNECTIONS_A_WINDOW * ROWS_A_CONNECTION) / 2;
      bytes += batch.length;
    }
  }
  report({
    what: "insert, large batches",
    rows,
    batches: windows * 2,
    rowsPerSecond: Math.round(rows / seconds),
    rowsPerCpuSecond: Math.round(rows / cpu),
    arrowBytesPerRow: Math.round(bytes / rows),
    encodeSeconds: Number(encodeSeconds.toFixed(1)),
  });
  const tables = await store.tableSizes();
  for (const table of tables) {
    report({ what: "size", table: table.name, rows: table.rows, bytesPerHopRow: table.bytes / rows });
  }
  const summary = await store.summary({ from: start * 1000, to: nowMs });
  const expected = CONNECTIONS_A_WINDOW * windows;
  if (summary.connections !== expected || summary.hopRows !== rows)
    throw new Error(
      `stored ${summary.connections} connections and ${summary.hopRows} rows, not ${expected} and ${rows}`,
    );
  await benchSmallInserts();
}

/** What a batch costs that holds next to nothing. */
async function benchSmallInserts() {
  const times = [];
  const usage = process.cpuUsage();
  for (let index = 0; index < 20; index++) {
    const batch = makeBatch(index, 0, 10, 1_000_000);
    const began = performance.now();
    await store.insertHops(batch, `small/${index}`);
    times.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(usage);
  report({
    what: "insert, 40 rows",
    medianMs: median(times),
    cpuMs: Math.round((user + system) / 1000 / 20),
  });
}

async function benchQueries() {
  const range = (seconds) => ({ from: nowMs - seconds * 1000, to: nowMs });
  const limits = { maxNodes: 80, maxEdges: 200 };
  const page = { sort: "lastSeen", order: "desc", limit: 100 };
  const whole = range(3_600);
  const detail = (await store.flows({ ...whole, ...page, limit: 1 })).connections[0].id;
  const questions = {
    "map, everything": () => store.map({ ...whole, ...limits }),
    "map, one namespace": () => store.map({ ...whole, ...limits, namespace: ["ns1"] }),
    "map, a day (edges_1m)": () => store.map({ ...range(86_400), ...limits }),
    "map, a month (edges_1h)": () => store.map({ ...range(30 * 86_400), ...limits }),
    "series of one edge": () =>
      store.edgeSeries({
        ...whole,
        client: "workload:ns1/Deployment/w1",
        server: "workload:ns2/Deployment/w2",
      }),
    "flows, first page": () => store.flows({ ...whole, ...page }),
    "flows, filtered by text": () => store.flows({ ...whole, ...page, q: "w17" }),
    "one connection and its hops": () => store.connectionDetail(detail, whole),
    summary: () => store.summary(whole),
  };
  for (const [what, ask] of Object.entries(questions)) {
    const times = [];
    for (let round = 0; round < 5; round++) {
      const began = performance.now();
      await ask();
      times.push(performance.now() - began);
    }
    report({ what, medianMs: median(times) });
  }
}

function median(values) {
  return Math.round([...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]);
}

/** One node's rows of one window: its two hops, both directions, of each connection. */
function makeBatch(window, side, connections = CONNECTIONS_A_WINDOW, firstId = 0) {
  const count = connections * (ROWS_A_CONNECTION / 2);
  const windowStart = start + (window % 360) * 10;
  const hop = allocate(HOP_COLUMNS, count);
  const identity = allocate(HOP_IDENTITY_COLUMNS, count);
  for (let row = 0; row < count; row++) {
    const connection = Math.floor(row / 4);
    const [isReply, atUplink] = [row & 1, (row >> 1) & 1];
    const number = firstId + window * connections + connection;
    const [client, server] = [number % WORKLOADS, (number * 7 + 3) % WORKLOADS];
    const nodes = [`node${number % NODES}`, `node${(number + 1) % NODES}`];
    hop.connection_id.set([(number * 2_654_435_761) >>> 0, number], row * 2);
    fill(hop, row, {
      is_reply: isReply,
      window_start: windowStart,
      interface_index: atUplink ? 2 : 10 + (number % 100),
      interface: atUplink ? "eth0" : `veth${number % 100}`,
      role: atUplink ? "uplink" : "pod",
      direction: atUplink === side ? isReply : 1 - isReply,
      protocol: 6,
      client_port: 32_768 + (number % 28_000),
      server_port: 8080,
      original_client_port: 32_768 + (number % 28_000),
      original_server_port: side === 0 ? 80 : 8080,
      translation: side === 0 ? "dnat" : "none",
      initiator_by: "handshake",
      first_seen_us: windowStart * 1e6 + (number % 5_000_000),
      last_seen_us: windowStart * 1e6 + 5_000_000 + (number % 5_000_000),
      packets: 4 + (number % 60),
      bytes: 400 + (number % 90_000),
      payload_bytes: 100 + (number % 80_000),
      payload_packets: 2 + (number % 50),
      syn_packets: 1 - isReply,
      syn_ack_packets: isReply,
      tcp_flags: 0x1b,
      handshake_us: isReply ? -1 : 200 + (number % 3000),
      window_scale: isReply ? -1 : 7,
      encapsulation: atUplink ? "vxlan" : "none",
      vni: atUplink ? 1 : -1,
    });
    for (const [name, address] of [
      ["client_address", number],
      ["original_client_address", number],
      ["server_address", server],
      ["original_server_address", server],
    ])
      hop[name].set(
        [0xff, 0xff, 10, (address >> 16) & 255, (address >> 8) & 255, address & 255],
        row * 16 + 10,
      );
    fill(identity, row, {
      node: nodes[side],
      client_kind: "workload",
      client_namespace: `ns${client % 6}`,
      client_workload_kind: "Deployment",
      client_workload: `w${client}`,
      client_pod: `w${client}-${number % 5}`,
      client_node: nodes[0],
      server_kind: "workload",
      server_namespace: `ns${server % 6}`,
      server_workload_kind: "Deployment",
      server_workload: `w${server}`,
      server_pod: `w${server}-${number % 3}`,
      server_node: nodes[1],
      service_namespace: side === 0 ? `ns${server % 6}` : "",
      service_name: side === 0 ? `w${server}` : "",
      service_port_name: side === 0 ? "http" : "",
      reporter: side === 0 && atUplink === 0 ? 1 : 0,
      verdict: "undetermined",
      verdict_reason: "",
    });
  }
  const header = { node: `node${side}`, bootId: "0123456789abcdef", sequence: 1, agentVersion: "bench" };
  const { table } = decodeBatch(encodeHops(header, finish(HOP_COLUMNS, hop, count)));
  return appendColumns(table, HOP_IDENTITY_COLUMNS, finish(HOP_IDENTITY_COLUMNS, identity, count));
}

function allocate(spec, count) {
  const arrays = {
    u8: () => new Uint8Array(count),
    u16: () => new Uint16Array(count),
    u32: () => new Uint32Array(count),
    i8: () => new Int8Array(count),
    i32: () => new Int32Array(count),
    f64: () => new Float64Array(count),
    u64: () => new Uint32Array(count * 2),
    addr: () => new Uint8Array(count * 16),
    string: () => new StringColumnBuilder(count),
  };
  return Object.fromEntries(Object.entries(spec).map(([name, kind]) => [name, arrays[kind]()]));
}

function fill(columns, row, values) {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === "string") columns[name].set(row, value);
    else columns[name][row] = value;
  }
}

function finish(spec, columns, count) {
  const finished = Object.entries(columns).map(([name, column]) => [
    name,
    spec[name] === "string" ? column.finish() : column,
  ]);
  return { count, ...Object.fromEntries(finished) };
}
