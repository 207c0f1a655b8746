import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mapAnswerSchema, PATHS, problemSchema, statusSchema, summarySchema } from "@hopline/api";
import { BATCH_CONTENT_TYPE } from "@hopline/batch";
import { afterAll, describe, expect, it } from "vitest";
import { hopBatch } from "./hop-batch-builder.js";
import { clientOf, writeDump } from "./running-collector.js";
import { EXPECTED_SUMMARY, shopBatches, shopRows } from "./shop-traffic.js";
import { temporaryFolder } from "./temporary-folder.js";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const WINDOW = Math.floor(Date.now() / 10_000) * 10 - 60;
const children = new Set<ChildProcess>();

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** The built collector as its users start it. */
function start(flags: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, "--log-format", "json", ...flags], {
    env: { PATH: process.env.PATH, HOME: "/nonexistent", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const exited = once(child, "exit").then(([code]) => {
    children.delete(child);
    return code as number | null;
  });
  return {
    exited,
    errors: () => errors,
    stop: async (signal: NodeJS.Signals) => {
      child.kill(signal);
      return await exited;
    },
    /** The address that it says it listens on. */
    url: async () => {
      for (;;) {
        const port = /listening on 127\.0\.0\.1:(\d+)/.exec(errors)?.[1];
        if (port !== undefined) return `http://127.0.0.1:${port}`;
        if (child.exitCode !== null) throw new Error(`it ended: ${errors}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

async function untilReady(url: string): Promise<void> {
  await expect.poll(async () => (await fetch(url + PATHS.ready)).status, { timeout: 60_000 }).toBe(200);
}

/** One line, no stack. */
function expectSentence(errors: string, says: RegExp): void {
  expect(errors).toMatch(says);
  expect(errors.trim().split("\n")).toHaveLength(1);
  expect(errors).not.toMatch(/ at .*\.js:/);
}

describe("the collector's process", () => {
  it("keeps its data over a restart and a kill, and stops with 0", async () => {
    const folder = await temporaryFolder();
    const flags = [
      "--listen",
      "127.0.0.1:0",
      "--data-dir",
      join(folder, "data"),
      "--kube-dump",
      await writeDump(folder),
    ];
    const first = start(flags);
    const sending = clientOf(await first.url(), folder);
    await untilReady(sending.url);
    const [one, two] = shopBatches(WINDOW);
    expect((await sending.send(one!)).status).toBe(200);
    expect(await first.stop("SIGTERM")).toBe(0);

    const second = start(flags);
    const again = clientOf(await second.url(), folder);
    await untilReady(again.url);
    expect(await (await again.send(one!)).json(), "known from before the restart").toEqual({
      ack: 1,
      duplicate: true,
    });
    expect((await again.send(two!)).status).toBe(200);
    await second.stop("SIGKILL");

    const third = start(flags);
    const asking = clientOf(await third.url(), folder);
    await untilReady(asking.url);
    expect(await asking.ask(summarySchema, PATHS.summary), "acknowledged before the kill").toMatchObject(
      EXPECTED_SUMMARY,
    );
    expect(await third.stop("SIGINT")).toBe(0);
  }, 180_000);

  it("counts each batch once that is sent until it is acknowledged, however often it is killed", async () => {
    const folder = await temporaryFolder();
    const flags = [
      "--listen",
      "127.0.0.1:0",
      "--data-dir",
      join(folder, "data"),
      "--kube-dump",
      await writeDump(folder),
    ];
    const rows = shopRows(WINDOW);
    const batches = rows.map(([node, row], index) => hopBatch({ node, sequence: index + 1 }, [row]));
    // Before, during and after the first inserts of a collector that opens its store in some seconds.
    for (const killAfterMs of [50, 400, 1100]) {
      const killed = start(flags);
      const client = clientOf(await killed.url(), folder);
      await untilReady(client.url);
      const sent = Promise.allSettled(batches.map((batch) => client.send(batch)));
      await new Promise((resolve) => setTimeout(resolve, killAfterMs));
      await killed.stop("SIGKILL");
      await sent;
    }
    const last = start(flags);
    const client = clientOf(await last.url(), folder);
    await untilReady(client.url);
    const answers = await Promise.all(batches.map((batch) => client.send(batch)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const summary = await client.ask(summarySchema, PATHS.summary);
    expect(summary).toMatchObject({ ...EXPECTED_SUMMARY, hopRows: rows.length });
    const map = await client.ask(mapAnswerSchema, PATHS.map);
    expect(map.edges.map(({ forwardBytes }) => forwardBytes)).toEqual([1000, 1000, 1000, 1000, 1000]);
    expect(await last.stop("SIGTERM")).toBe(0);
  }, 180_000);

  it("listens on a socket that its group may use, and takes the place of one left behind", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "collector.sock");
    const flags = [
      "--listen",
      `unix:${path}`,
      "--listen",
      "127.0.0.1:0",
      "--data-dir",
      join(folder, "data"),
      "--no-kube",
    ];
    const killed = start(flags);
    await untilReady(await killed.url());
    await killed.stop("SIGKILL");
    expect(existsSync(path)).toBe(true);

    const collector = start(flags);
    await untilReady(await collector.url());
    expect(statSync(path).mode & 0o777).toBe(0o660);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request(
        {
          socketPath: path,
          path: PATHS.ingest,
          method: "POST",
          headers: { "content-type": BATCH_CONTENT_TYPE },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      sending.on("error", reject);
      sending.end(shopBatches(WINDOW)[0]);
    });
    expect(status).toBe(200);
    expect(await collector.stop("SIGTERM")).toBe(0);
    expect(existsSync(path)).toBe(false);
  }, 180_000);

  it("stops in order while it is still opening its store", async () => {
    const folder = await temporaryFolder();
    const collector = start(["--listen", "127.0.0.1:0", "--data-dir", join(folder, "data"), "--no-kube"]);
    await collector.url();
    expect(await collector.stop("SIGTERM")).toBe(0);
  }, 180_000);

  it("answers while the store and the cluster are away, and says so", async () => {
    const folder = await temporaryFolder();
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "c", cluster: { server: "http://127.0.0.1:9" } }],
        users: [{ name: "u", user: {} }],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
        "current-context": "x",
      }),
    );
    const collector = start([
      ...["--listen", "127.0.0.1:0", "--kubeconfig", kubeconfig],
      ...["--clickhouse-url", "http://127.0.0.1:9"],
    ]);
    const client = clientOf(await collector.url(), folder);
    expect((await client.get(PATHS.health)).status).toBe(200);
    const ready = await client.get(PATHS.ready);
    expect(ready.status).toBe(503);
    expect(JSON.stringify(await ready.json())).toContain("http://127.0.0.1:9");
    const refused = await client.get(PATHS.map);
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("2");
    expect(problemSchema.parse(await refused.json()).code).toBe("STORE_UNAVAILABLE");
    const batch = await client.send(shopBatches(WINDOW)[0]!);
    expect(batch.status).toBe(503);
    const status = await client.ask(statusSchema, PATHS.status);
    expect(status.store).toMatchObject({ kind: "server", state: "unavailable" });
    expect(status.cluster).toBe("http://127.0.0.1:9");
    expect(status.watches.length).toBeGreaterThan(0);
    expect(await collector.stop("SIGTERM")).toBe(0);
  }, 180_000);

  it("asks agents and readers for their tokens", async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, "token"), "agents-secret\n");
    const collector = start([
      ...["--listen", "127.0.0.1:0", "--data-dir", join(folder, "data"), "--no-kube"],
      ...["--agent-token-file", join(folder, "token"), "--read-token", "readers-secret"],
    ]);
    const client = clientOf(await collector.url(), folder);
    await untilReady(client.url);
    const [batch] = shopBatches(WINDOW);
    const wrong: Record<string, string>[] = [{}, { authorization: "Bearer readers-secret" }];
    for (const headers of wrong) {
      const refused = await client.send(batch!, headers);
      expect(refused.status).toBe(401);
      expect(refused.headers.get("www-authenticate")).toBe("Bearer");
      expect(problemSchema.parse(await refused.json()).code).toBe("TOKEN_REJECTED");
    }
    expect((await client.send(batch!, { authorization: "Bearer agents-secret" })).status).toBe(200);
    for (const path of [PATHS.map, PATHS.flowStream, PATHS.metrics, PATHS.openapi])
      expect((await client.get(path)).status, path).toBe(401);
    expect((await client.get(PATHS.map, { authorization: "Bearer readers-secret" })).status).toBe(200);
    expect((await client.get(PATHS.health)).status).toBe(200);
    expect(await collector.stop("SIGTERM")).toBe(0);
  }, 180_000);

  it("takes batches from its own machine only when it has no agent token", async () => {
    const folder = await temporaryFolder();
    const outward = Object.values(networkInterfaces())
      .flat()
      .find((known) => known?.family === "IPv4" && !known.internal);
    // A machine without any network but loopback has no other to refuse.
    const host = outward?.address ?? "127.0.0.1";
    const flags = [
      "--listen",
      "127.0.0.1:0",
      "--listen",
      `${host}:0`,
      "--data-dir",
      join(folder, "data"),
      "--no-kube",
    ];
    const collector = start(flags);
    const local = clientOf(await collector.url(), folder);
    await untilReady(local.url);
    const [batch] = shopBatches(WINDOW);
    if (outward !== undefined) {
      const port = new RegExp(`listening on ${host.replaceAll(".", "\\.")}:(\\d+)`).exec(
        collector.errors(),
      )?.[1];
      const refused = await clientOf(`http://${host}:${port}`, folder).send(batch!);
      expect(refused.status).toBe(403);
      expect(problemSchema.parse(await refused.json()).code).toBe("INGEST_REMOTE_CLOSED");
    }
    expect((await local.send(batch!)).status).toBe(200);
    expect(await collector.stop("SIGTERM")).toBe(0);
  }, 180_000);

  describe("ends with one sentence for", () => {
    it("a port that is taken", async () => {
      const other = createServer().listen(0, "127.0.0.1");
      await once(other, "listening");
      const { port } = other.address() as AddressInfo;
      const folder = await temporaryFolder();
      const collector = start([
        "--listen",
        `127.0.0.1:${port}`,
        "--no-kube",
        "--data-dir",
        join(folder, "data"),
      ]);
      expect(await collector.exited).toBe(1);
      other.close();
      expectSentence(collector.errors(), new RegExp(`127\\.0\\.0\\.1:${port} is taken`));
      expect(existsSync(join(folder, "data")), "before it touches the data").toBe(false);
    });

    it.each([
      ["an address that is none", ["--listen", "localhost"], 2, /--listen.*HOST:PORT/],
      ["a flag that is none", ["--lisen", "x"], 2, /--lisen/],
      ["no cluster", ["--listen", "127.0.0.1:0"], 1, /No cluster is named/],
      ["a kubeconfig that is missing", ["--kubeconfig", "/nonexistent/config"], 1, /\/nonexistent\/config/],
      [
        "a dump that is missing",
        ["--kube-dump", "/nonexistent/cluster.yaml"],
        1,
        /\/nonexistent\/cluster\.yaml/,
      ],
      [
        "a token file that is missing",
        ["--no-kube", "--agent-token-file", "/nonexistent/token"],
        1,
        /agent token/,
      ],
      [
        "a token given twice",
        ["--no-kube", "--agent-token", "secret-1", "--agent-token-file", "/x"],
        2,
        /twice/,
      ],
      [
        "a data folder that cannot be",
        ["--no-kube", "--listen", "127.0.0.1:0", "--data-dir", "/etc/hostname/x"],
        1,
        /\/etc\/hostname\/x/,
      ],
    ])(
      "%s",
      async (_, flags, code, says) => {
        const collector = start([...flags, "--log-level", "error"]);
        expect(await collector.exited).toBe(code);
        expectSentence(collector.errors(), says);
      },
      180_000,
    );
  });
});
