import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/**
 * A ClickHouse server as far as the client asks for one: its HTTP interface, in a process of its own, over the real
 * embedded engine.
 *
 * What it proves: that the HTTP way of the store runs, that is, how @clickhouse/client puts statements, parameters and
 * an Arrow body on the wire, reads rows and errors from it, and that every migration, insert and query means the same
 * when it comes that way. What it does not prove: anything of the server's own: users and rights (one user is checked
 * here, by hand), its limits and default settings where they differ from the embedded engine's, replication, clusters,
 * compression, and the parsing of an Arrow body behind `input()`, which the front lets the engine read from a file.
 */
export interface ClickHouseHttp {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Further processes may ask at the same time; this ends it. */
  stop(): Promise<void>;
}

export interface ClickHouseHttpOptions {
  readonly dataDir: string;
  /** What `version()` answers; the engine's own where absent. */
  readonly version?: string;
}

export async function startClickHouseHttp(options: ClickHouseHttpOptions): Promise<ClickHouseHttp> {
  const process_ = spawn(
    process.execPath,
    [fileURLToPath(new URL("./clickhouse-http-process.mjs", import.meta.url)), JSON.stringify(options)],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const [line] = (await once(createInterface(process_.stdout), "line")) as [string];
  return {
    url: `http://127.0.0.1:${Number(line)}`,
    user: "hopline",
    password: "sesame",
    stop: async () => {
      process_.stdin.end();
      await once(process_, "exit");
    },
  };
}
