import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "@clickhouse/client";
import { describe, Fault } from "@hopline/fault";
import { drainPending } from "chdb";
import { createChdbConnection } from "chdb/connection";
import type { ArrowInsert, Backend } from "./backend.js";
import { type DataDir, prepareDataDir } from "./data-dir.js";
import { embeddedConnection } from "./embedded-connection.js";

/**
 * Opens the engine in this process. A process has one engine and the engine one data directory.
 *
 * @throws Fault `STORE_DIR_UNUSABLE`, `STORE_DIR_TAKEN`, `STORE_ENGINE`
 */
export async function openEmbedded(dataDir: string): Promise<Backend> {
  const dir = await prepareDataDir(dataDir);
  // The connection is made synchronously and takes about 0.1 s.
  const client = createClient({ connection: embeddedConnection(connect(dir, dataDir)) });
  return {
    client,
    insertArrow: (insert) => insertFromFile(dir, insert, (query) => client.command({ query })),
    close: async () => {
      await client.close();
      // The engine lets go of the directory only when its last operation has ended.
      await drainPending();
    },
  };
}

function connect(dir: DataDir, dataDir: string) {
  try {
    return createChdbConnection({ path: dir.engine });
  } catch (thrown) {
    throw new Fault({
      code: "STORE_ENGINE",
      message: `The embedded ClickHouse did not open ${dataDir}: ${describe(thrown)}.`,
      hint: "Either another process has it open, or this process has opened another directory, or its files are damaged.",
      cause: thrown,
    });
  }
}

/** The engine takes binary formats from files only: what comes with the statement goes through a string. */
async function insertFromFile(
  dir: DataDir,
  insert: ArrowInsert,
  run: (query: string) => Promise<unknown>,
): Promise<void> {
  const path = join(dir.incoming, `${randomUUID()}.arrow`);
  try {
    await writeFile(path, insert.stream);
    await run(insert.statement(`file(${quote(path)}, 'ArrowStream', ${quote(insert.structure)})`));
  } finally {
    await rm(path, { force: true });
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
