import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  auditAnswerSchema,
  auditLogAnswerSchema,
  auditManifestSchema,
  PATHS,
  problemSchema,
} from "@hopline/api";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type RunningCollector, runCollector } from "./running-collector.js";
import { shopBatches } from "./shop-traffic.js";

const openapiSchema = z.object({ paths: z.record(z.string(), z.unknown()) });

const run = promisify(execFile);
const WINDOW = Math.floor(Date.now() / 10_000) * 10 - 120;
const RANGE = `from=${WINDOW * 1000}&to=${(WINDOW + 10) * 1000}`;
const USER = { "x-forwarded-user": "ada@example.com" };

describe("the audit of a collector", () => {
  let collector: RunningCollector;

  beforeAll(async () => {
    collector = await runCollector(["--trusted-user-header", "X-Forwarded-User"]);
    for (const batch of shopBatches(WINDOW)) expect((await collector.send(batch)).status).toBe(200);
  }, 60_000);

  it("shows every conversation once, and says that the record is not complete without agents' reports", async () => {
    const answer = await collector.ask(auditAnswerSchema, `${PATHS.audit}?${RANGE}`);
    expect(answer.total).toBe(5);
    expect(answer.totals.connections).toBe(5);
    expect(answer.completeness).toMatchObject({ complete: false, recordFrom: null, keptFrom: WINDOW * 1000 });
    expect(answer.completeness.reasons[0]).toBe("No agent has reported to this store yet.");
    expect(answer.completeness.reasons).toContain("Never heard: node1, node2.");
  });

  it("packs files whose sums sha256sum confirms, and whose log entry names the archive's", async () => {
    const response = await collector.get(`${PATHS.auditExport}?${RANGE}&namespace=shop&port=8080`, USER);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/x-tar");
    const folder = response.headers.get("content-disposition")?.match(/filename="(.+)\.tar"/)?.[1] ?? "";
    const bytes = Buffer.from(await response.arrayBuffer());
    const path = join(collector.folder, "audit.tar");
    await writeFile(path, bytes);
    await run("tar", ["-xf", path, "-C", collector.folder]);
    const cwd = join(collector.folder, folder);

    const { stdout } = await run("sha256sum", ["-c", "SHA256SUMS"], { cwd });
    expect(stdout.trim().split("\n")).toEqual(
      ["audit.csv", "audit.jsonl", "audit.parquet", "report.html", "manifest.json"].map(
        (name) => `${name}: OK`,
      ),
    );
    const text = await readFile(join(cwd, "manifest.json"), "utf8");
    const manifest = auditManifestSchema.parse(JSON.parse(text));
    expect(manifest).toMatchObject({
      madeBy: "ada@example.com",
      scope: "namespace=shop&port=8080",
      rows: 2,
      range: { from: WINDOW * 1000, to: (WINDOW + 10) * 1000 },
      totals: { connections: 2 },
    });
    const lines = (await readFile(join(cwd, "audit.jsonl"), "utf8")).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).client_workload).sort()).toEqual(["203.0.113.50", "client"]);

    const report = await readFile(join(cwd, "report.html"), "utf8");
    expect(report).toContain("by ada@example.com");
    expect(report).toContain("namespace = shop; port = 8080");
    for (const { name, sha256 } of manifest.files.filter(({ name }) => name !== "report.html"))
      expect(report).toMatch(new RegExp(`${name}.*${sha256}`));
    expect(report).not.toMatch(/<script|https?:|src=|@import/);

    await appendFile(join(cwd, "audit.csv"), "x");
    await expect(run("sha256sum", ["-c", "SHA256SUMS"], { cwd })).rejects.toMatchObject({
      stdout: expect.stringContaining("audit.csv: FAILED"),
    });

    const log = await collector.ask(auditLogAnswerSchema, `${PATHS.auditLog}?limit=1`);
    expect(log.entries[0]).toMatchObject({
      actor: "ada@example.com",
      address: "127.0.0.1",
      action: "export",
      target: PATHS.auditExport,
      query: `format=tar&${RANGE}&namespace=shop&port=8080`,
      rows: 2,
      bytes: bytes.length,
      detail: `sha256 ${createHash("sha256").update(bytes).digest("hex")}`,
    });
  });

  it.each([
    [
      "parquet",
      "application/vnd.apache.parquet",
      /^attachment; filename="hopline-audit-\w+-\w+\.parquet"$/,
      "PAR1",
    ],
    ["html", "text/html; charset=utf-8", /^inline/, "<!DOCTYPE html>"],
  ])("sends a view as %s alone", async (format, type, disposition, start) => {
    const response = await collector.get(`${PATHS.auditExport}?${RANGE}&format=${format}`);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("content-disposition")).toMatch(disposition);
    expect((await response.text()).slice(0, start.length)).toBe(start);
  });

  it("writes down who looked: a proxy's user, or an address, and looking at the log as well", async () => {
    await collector.get(`${PATHS.audit}?${RANGE}&verdict=denied`, USER);
    await collector.get(PATHS.auditLog);
    const log = await collector.ask(auditLogAnswerSchema, `${PATHS.auditLog}?limit=2`);
    expect(log.entries.map(({ actor, action, query }) => [actor, action, query])).toEqual([
      ["anonymous from 127.0.0.1", "log", expect.stringMatching(/^from=\d+&to=\d+&offset=0$/)],
      ["ada@example.com", "view", `${RANGE}&verdict=denied&offset=0`],
    ]);
  });

  it("finds entries by who it was and what they did", async () => {
    await collector.get(`${PATHS.audit}?${RANGE}&verdict=denied`, USER);
    const ask = (query: string) => collector.ask(auditLogAnswerSchema, `${PATHS.auditLog}?${query}`);
    const of = async (query: string) => [
      ...new Set((await ask(query)).entries.map(({ actor, action }) => `${actor} ${action}`)),
    ];
    expect(await of("who=ADA%40")).toContain("ada@example.com view");
    expect((await of("who=ADA%40")).filter((text) => !text.startsWith("ada@"))).toEqual([]);
    expect(await of("who=127.0.0.1&action=log")).toEqual(["anonymous from 127.0.0.1 log"]);
    expect(await ask("who=nobody")).toMatchObject({ entries: [], total: 0 });
    expect((await ask("action=export,view&limit=1")).entries).toHaveLength(1);
  });

  it("is described with everything else", async () => {
    const { paths } = openapiSchema.parse(await (await collector.get(PATHS.openapi)).json());
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([PATHS.audit, PATHS.auditExport, PATHS.auditLog]),
    );
  });

  it("refuses what is no format", async () => {
    const response = await collector.get(`${PATHS.auditExport}?format=xlsx`);
    expect(response.status).toBe(400);
    expect(problemSchema.parse(await response.json()).code).toBe("QUERY_INVALID");
  });
});
