import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PATHS } from "@hopline/api";
import { BATCH_CONTENT_TYPE } from "@hopline/batch";
import type { KubeObject } from "@hopline/kube";
import { createLogger } from "@hopline/process";
import { afterAll } from "vitest";
import type { z } from "zod";
import { SYSTEM_CLOCK } from "../src/clock.js";
import { Collector } from "../src/collector.js";
import { readCollectorSettings } from "../src/settings.js";
import { SHOP } from "./shop-cluster.js";
import { temporaryFolder } from "./temporary-folder.js";

export async function writeDump(folder: string, objects: readonly KubeObject[] = SHOP): Promise<string> {
  const path = join(folder, "cluster.yaml");
  await writeFile(path, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
  return path;
}

export interface RunningCollector {
  readonly url: string;
  readonly folder: string;
  send(batch: Uint8Array<ArrayBuffer>, headers?: Record<string, string>): Promise<Response>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Asks and checks the answer's form. */
  ask<Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.output<Schema>>;
}

/** A whole collector in this process, over the real embedded engine: one a test file, for a process has one engine. */
export async function runCollector(
  flags: readonly string[] = [],
  objects: readonly KubeObject[] = SHOP,
): Promise<RunningCollector> {
  const folder = await temporaryFolder();
  const dump = await writeDump(folder, objects);
  const answer = readCollectorSettings(
    [
      ...["--listen", "127.0.0.1:0", "--data-dir", join(folder, "data"), "--kube-dump", dump],
      ...["--keep-everything", "--log-level", "error", ...flags],
    ],
    {},
  );
  if (answer.kind === "help") throw new Error("flags asked for help");
  const { settings } = answer;
  const log = createLogger({ app: "collector", level: settings.logLevel, format: "json" });
  const collector = new Collector({ settings, env: {}, clock: SYSTEM_CLOCK, log });
  const addresses = await collector.start();
  afterAll(() => collector.stop());
  const bound = addresses.find(({ kind }) => kind === "tcp");
  if (bound?.kind !== "tcp") throw new Error("no address");
  return clientOf(`http://${bound.host}:${bound.port}`, folder);
}

export function clientOf(url: string, folder: string): RunningCollector {
  const get = (path: string, headers?: Record<string, string>) => fetch(url + path, { headers });
  return {
    url,
    folder,
    get,
    send: (batch, headers) =>
      fetch(url + PATHS.ingest, {
        method: "POST",
        headers: { "content-type": BATCH_CONTENT_TYPE, ...headers },
        body: batch,
      }),
    ask: async (schema, path) => {
      const response = await get(path);
      const body: unknown = await response.json();
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
      return schema.parse(body);
    },
  };
}
