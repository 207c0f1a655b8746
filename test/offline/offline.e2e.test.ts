import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  type Connection,
  connectionSchema,
  dropsAnswerSchema,
  hopSchema,
  mapAnswerSchema,
  PATHS,
} from "@hopline/api";
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_SYN } from "@hopline/packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ApiClient } from "../../apps/cli/src/api-client.js";
import { Pipeline } from "../../apps/cli/src/demo/pipeline.js";
import { replayCluster } from "../../apps/cli/src/demo/replay-cluster.js";
import { RunFolder } from "../../apps/cli/src/demo/run-folder.js";
import { storedConnections } from "../../apps/cli/src/offline/stored-connections.js";
import { pcapFile, tcpFrame } from "../../apps/cli/test/offline/frames.js";
import { parseCsv } from "../../apps/cli/test/offline/parse-csv.js";
import { type Ended, HoplineProcess, hopline } from "./hopline-process.js";
import { countFrames } from "./pcapng-frames.js";

const SHOP = fileURLToPath(new URL("../captures/shop", import.meta.url));
const CAPTURES = ["node1", "node2"].map((node) => join(SHOP, `${node}.pcapng.gz`));
const DUMP = join(SHOP, "cluster.yaml");
/** A user without rights, by custom. */
const NOBODY = 65_534;
const TOTALS = /hopline: ([\d,]+) frames = ([\d,]+) in connections((?: \+ [\d,]+ [\w-]+)*)/;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "offline-e2e-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function connectionsOf({ stdout }: Ended): Connection[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => connectionSchema.parse(JSON.parse(line)));
}

/** All that is told of a connection but when it was. */
function timeless({ firstSeen: _first, lastSeen: _last, ...rest }: Connection): string {
  return JSON.stringify(rest);
}

/** Frames seen, counted, and the sum of the reasons, of the totals line. */
function totalsOf({ stderr }: Ended): { seen: number; counted: number; byReason: number } {
  const [, seen = "", counted = "", reasons = ""] = TOTALS.exec(stderr) ?? [];
  const number = (text: string): number => Number(text.replaceAll(",", ""));
  const byReason = [...reasons.matchAll(/ \+ ([\d,]+) /g)].map(([, count = ""]) => number(count));
  return {
    seen: number(seen),
    counted: number(counted),
    byReason: byReason.reduce((sum, one) => sum + one, 0),
  };
}

describe("hopline flows over the captures of a cluster's two nodes", () => {
  let live: Ended;
  beforeAll(async () => {
    live = await hopline("flows", "-o", "json", "--kube", DUMP, ...CAPTURES);
  });

  test("ends well, and says on standard error nothing but what became of the frames", () => {
    expect(live.code, live.stderr).toBe(0);
    expect(live.stderr).toMatch(new RegExp(`^${TOTALS.source}.*\n$`));
  });

  test("the sum law: frames in the files = counted + by reason", () => {
    const { seen, counted, byReason } = totalsOf(live);
    expect(seen).toBe(CAPTURES.reduce((sum, path) => sum + countFrames(path), 0));
    expect(counted + byReason).toBe(seen);
    expect(counted).toBeGreaterThan(40_000);
  });

  test("the same connections as the demo that replays these captures", async () => {
    const demo = await replayed();
    const offline = new Set(connectionsOf(live).map(timeless));
    expect(offline.size).toBeGreaterThan(1000);
    expect(
      demo
        .map(timeless)
        .filter((one) => !offline.has(one))
        .slice(0, 3),
    ).toEqual([]);
    expect(demo.length).toBe(offline.size);
  });

  test("times are the capture's", () => {
    const times = connectionsOf(live).flatMap(({ firstSeen, lastSeen }) => [firstSeen, lastSeen]);
    expect(new Date(Math.min(...times)).toISOString()).toMatch(/^2026-11-21T22:35:/);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(120_000);
  });

  test("what policies deny shows as denied and dropped, observed, by the policy whose rule logged it", () => {
    const denied = connectionsOf(live).filter(({ verdict }) => verdict === "denied");
    expect(denied.length).toBeGreaterThan(30);
    const said = new Set(
      denied.map(({ client, conformance, outcome, verdictBy }) => {
        const policies = [verdictBy?.egress, verdictBy?.ingress].flatMap((side) => side?.policies ?? []);
        const names = policies.map(({ namespace, name }) => `${namespace}/${name}`);
        return `${client.entity.name}: ${outcome}, ${conformance}, ${names.join(" ")}`;
      }),
    );
    expect([...said].sort()).toEqual([
      "backup: dropped, denied-observed, tools/backup-egress",
      "report-builder: dropped, denied-observed, data/database",
    ]);
  });

  test("csv: a header, and a line for each connection with as many fields", async () => {
    const csv = await hopline("flows", "-o", "csv", "--kube", DUMP, ...CAPTURES);
    const [header = [], ...lines] = parseCsv(csv.stdout);
    expect(header.slice(0, 3)).toEqual(["first_seen", "last_seen", "protocol"]);
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([header.length]));
    const ids = lines.map((line) => line[header.indexOf("id")]);
    expect(ids.sort()).toEqual(
      connectionsOf(live)
        .map(({ id }) => id)
        .sort(),
    );
  });

  test("without descriptions and conntrack: the same from captures and dump alone", async () => {
    const bare = join(folder, "bare");
    mkdirSync(bare);
    const files = CAPTURES.map((path, at) => {
      const file = join(bare, `node${at + 1}.pcapng.gz`);
      cpSync(path, file);
      // What rules logged is nothing that captures could tell.
      cpSync(path.replace(".pcapng.gz", ".nflog.pcapng"), file.replace(".pcapng.gz", ".nflog.pcapng"));
      return file;
    });
    const table = await hopline("flows", "--kube", DUMP, files[0]!);
    expect(table.stderr).toMatch(/roles inferred: pod veth\w+, veth\w+, veth\w+ and \d+ more; .*uplink eth0/);
    const inferred = await hopline("flows", "-o", "json", "--kube", DUMP, ...files);
    // Nobody tells a connection that was not translated from one whose translation was not seen.
    const told = (connections: readonly Connection[]): string[] =>
      connections.map((one) =>
        timeless({ ...one, translation: one.translation === "untracked" ? "none" : one.translation }),
      );
    const known = new Set(told(connectionsOf(live)));
    const found = told(connectionsOf(inferred));
    expect(found.filter((one) => !known.has(one)).slice(0, 3)).toEqual([]);
    expect(found.length).toBe(known.size);
  });
});

/** The captures through the demo's own replay, only as fast as they can be read. */
async function replayed(): Promise<Connection[]> {
  // So long ago that what was not answered will not be.
  const cluster = replayCluster(() => Date.now() - 600_000);
  const runFolder = new RunFolder("offline");
  const lost: string[] = [];
  const pipeline = new Pipeline({ folder: runFolder, onLost: (fault) => lost.push(fault.sentence) });
  try {
    pipeline.startCollector(cluster);
    while (!(await pipeline.api.isReady())) await sleep(50);
    const agents = cluster
      .round()
      .map((agent) => ({ ...agent, args: [...agent.args, "--replay-pace", "fast"] }));
    await new Promise<void>((resolve) => pipeline.startAgents(agents, resolve));
    expect(lost).toEqual([]);
    const connections: Connection[] = [];
    for await (const page of storedConnections(pipeline.api)) connections.push(...page);
    return connections;
  } finally {
    await pipeline.stop();
    runFolder.remove();
  }
}

describe("hopline flows over a plain pcap file, as tcpdump writes it, without --kube", () => {
  const CLIENT = ["192.0.2.1", 40_000] as const;
  const SERVER = ["198.51.100.7", 443] as const;
  const ARP = Buffer.from(`${"ff".repeat(6)}0200000000010806${"00".repeat(28)}`, "hex");
  let path = "";
  beforeAll(() => {
    path = join(folder, "tcpdump.pcap");
    const data = tcpFrame(CLIENT, SERVER, {
      flags: TCP_PSH | TCP_ACK,
      sequence: 101,
      acknowledgement: 501,
      payload: 100,
    });
    const frames = [
      tcpFrame(CLIENT, SERVER, { flags: TCP_SYN, sequence: 100 }),
      tcpFrame(SERVER, CLIENT, { flags: TCP_SYN | TCP_ACK, sequence: 500, acknowledgement: 101 }),
      tcpFrame(CLIENT, SERVER, { flags: TCP_ACK, sequence: 101, acknowledgement: 501 }),
      data,
      data,
      // 1000 bytes of the server's are missing here.
      tcpFrame(SERVER, CLIENT, {
        flags: TCP_PSH | TCP_ACK,
        sequence: 1501,
        acknowledgement: 201,
        payload: 300,
      }),
      ARP,
      tcpFrame(CLIENT, SERVER, { flags: TCP_FIN | TCP_ACK, sequence: 201, acknowledgement: 501 }),
      tcpFrame(SERVER, CLIENT, { flags: TCP_FIN | TCP_ACK, sequence: 1801, acknowledgement: 202 }),
    ];
    writeFileSync(path, pcapFile(frames, 1_700_000_000));
  });

  test("counts every packet once, by address, with retransmissions, gaps and the handshake", async () => {
    const run = await hopline("flows", "-o", "json", "--hops", path);
    expect(run.code, run.stderr).toBe(0);
    expect(run.stderr).toContain("9 frames = 8 in connections + 1 arp");
    const [line = "", ...others] = run.stdout.trimEnd().split("\n");
    expect(others).toEqual([]);
    const row = connectionSchema.extend({ hopLedger: z.array(hopSchema) }).parse(JSON.parse(line));
    expect(row).toMatchObject({
      protocol: "tcp",
      client: { address: "192.0.2.1", port: 40_000 },
      server: { address: "198.51.100.7", port: 443 },
      firstSeen: 1_700_000_000_000,
      lastSeen: 1_700_000_000_008,
      forward: { packets: 5, bytes: 5 * 40 + 200, payloadBytes: 200, retransmittedBytes: 100 },
      reply: { packets: 3, bytes: 3 * 40 + 300, payloadBytes: 300, retransmittedBytes: 0 },
      handshakeUs: 1000,
      outcome: "delivered",
      hops: 1,
    });
    expect(row.hopLedger.map(({ node, isReply, gapBytes }) => ({ node, isReply, gapBytes }))).toEqual([
      { node: "tcpdump", isReply: false, gapBytes: 0 },
      { node: "tcpdump", isReply: true, gapBytes: 1000 },
    ]);
  });

  test("the table says how it was read", async () => {
    const { stdout, stderr } = await hopline("flows", "--node", `laptop=${path}`);
    expect(stdout).toMatch(/^FIRST SEEN +CLIENT +SERVER +PROTO +SENT +RECEIVED /);
    expect(stdout).toContain("192.0.2.1:40000  198.51.100.7:443  tcp");
    expect(stderr).toContain("node laptop (by --node)");
    expect(stderr).toContain("roles inferred: unknown if0");
    expect(stderr).toContain("no --kube: ends are addresses without names");
  });

  test("a file that was cut off is read as far as it goes, and said to be cut off", async () => {
    const cut = join(folder, "cut.pcap");
    writeFileSync(
      cut,
      pcapFile([tcpFrame(CLIENT, SERVER, { flags: TCP_SYN, sequence: 1 }), ARP], 1_700_000_000).subarray(
        0,
        -10,
      ),
    );
    const run = await hopline("flows", "-o", "csv", cut);
    expect(run.code, run.stderr).toBe(0);
    expect(run.stderr).toContain("1 frames = 1 in connections");
    expect(run.stderr).toMatch(/cut\.pcap.*(cut|ends)/);
  });
});

describe("hopline flows says in one sentence what is wrong", () => {
  const given = {
    empty: "",
    "text.pcap": "this is no capture",
    "list.yaml": "- 1\n- 2\n",
    "nothing.yaml": "",
    "good.pcap": pcapFile([], 1),
  };
  beforeAll(() => {
    for (const [name, bytes] of Object.entries(given)) writeFileSync(join(folder, name), bytes);
    mkdirSync(join(folder, "directory"));
    writeFileSync(join(folder, "secret.pcap"), pcapFile([], 1));
    chmodSync(join(folder, "secret.pcap"), 0);
  });

  test.each([
    [[], /No capture file is given/, 2],
    [["missing.pcap"], /missing\.pcap cannot be read: there is no such file/],
    [["directory"], /directory.*it is a folder/],
    [["empty"], /empty is no pcap or pcapng capture: it is empty/],
    [["text.pcap"], /text\.pcap is no pcap or pcapng capture/],
    [["good.pcap", "--kube", "text.pcap"], /text\.pcap.*no Kubernetes object/],
    [["good.pcap", "--kube", "list.yaml"], /list\.yaml:1.*no Kubernetes object/],
    [["good.pcap", "--kube", "nothing.yaml"], /nothing\.yaml holds no Kubernetes object/],
    [["good.pcap", "--kube", "missing.yaml"], /missing\.yaml does not exist/],
    [["--node", "good.pcap"], /--node takes NAME=FILE, not ".*good\.pcap"/, 2],
    [["--node", "a=good.pcap", "--node", "a=text.pcap"], /two captures of the node a/],
    [["good.pcap", "good.pcap"], /good\.pcap is given twice/, 2],
    [["good.pcap", "-o", "xml"], /It takes table, csv or json/, 2],
    [["good.pcap", "--bogus"], /Unknown option '--bogus'\. See hopline flows --help/, 2],
  ] as const)("%j", async (args: readonly string[], expected: RegExp, exitCode: 1 | 2 = 1) => {
    const inFolder = args.map((arg) => {
      const [, name = "", file = arg] = /^(\w=)?(.*)$/.exec(arg) ?? [];
      return /\.(pcap|yaml)$|^(empty|directory)$/.test(file) ? `${name}${join(folder, file)}` : arg;
    });
    const process = new HoplineProcess(["flows", ...inFolder]);
    const { code, stdout, stderr } = await process.ended();
    expect(code).toBe(exitCode);
    expect(stdout).toBe("");
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/\n\s+at |this is a bug/);
    expect(process.remains()).toEqual([]);
  });

  test("a file that this user may not read", async () => {
    // Root may read everything.
    const uid = process.getuid?.() === 0 ? NOBODY : undefined;
    const { code, stderr } = await new HoplineProcess(["flows", join(folder, "secret.pcap")], uid).ended();
    expect(code).toBe(1);
    expect(stderr).toMatch(/secret\.pcap cannot be read: this user may not read it/);
  });
});

describe("Ctrl-C", () => {
  test("in the middle of reading: ends, and leaves nothing", async () => {
    const process = new HoplineProcess(["flows", "--kube", DUMP, ...CAPTURES]);
    const spools = join(tmpdir(), `hopline-offline-${process.child.pid}`, "spool-node1");
    while (!existsSync(spools)) await sleep(50);
    process.child.kill("SIGINT");
    const { code, stdout, stderr } = await process.ended();
    expect({ code, stdout }, stderr).toEqual({ code: 130, stdout: "" });
    expect(process.remains()).toEqual([]);
  });
});

describe("hopline open", () => {
  test("serves the UI over the captures at the address that it prints, until it is stopped", async () => {
    const process = new HoplineProcess([
      "open",
      "--port",
      "0",
      "--api-port",
      "0",
      "--kube",
      DUMP,
      ...CAPTURES,
    ]);
    while (!process.stdout.includes("\n") && process.child.exitCode === null) await sleep(100);
    const url = new URL(process.stdout.trim());
    expect(url.pathname).toBe("/map");
    const page = await fetch(url);
    expect(page.status).toBe(200);
    const span = { from: url.searchParams.get("from")!, to: url.searchParams.get("to")! };
    expect(span.from < span.to && span.from.startsWith("2026-11-21T22:35")).toBe(true);
    const api = new ApiClient({ url: `${url.origin}` });
    const range = { from: Date.parse(span.from), to: Date.parse(span.to) };
    const map = await api.get(mapAnswerSchema, PATHS.map, range);
    const { drops } = await api.get(dropsAnswerSchema, PATHS.drops, { ...range, limit: 1000 });
    await api.close();
    expect(map.edges.length).toBeGreaterThan(10);
    expect(new Set(drops.map(({ policy }) => `${policy?.namespace}/${policy?.name}`))).toEqual(
      new Set(["data/database", "tools/backup-egress"]),
    );
    process.child.kill("SIGTERM");
    const { code, stderr } = await process.ended();
    expect(code, stderr).toBe(0);
    expect(process.remains()).toEqual([]);
  });
});
