import { Fault } from "@hopline/fault";
import { z } from "zod";
import type { ArrowInsert, Backend } from "./backend.js";
import { openEmbedded } from "./embedded-backend.js";
import { openServer } from "./server-backend.js";
import { insertFault, storeFault } from "./store-fault.js";
import type { StoreOptions } from "./store-options.js";

/** Values of a query's `{name:Type}` placeholders. 64-bit values as bigint or decimal text. */
export type QueryParameters = Readonly<Record<string, QueryParameter | readonly QueryParameter[]>>;
export type QueryParameter = string | number | bigint;

/** The oldest release whose behaviour the statements rely on: settings of an INSERT … SELECT, 64-bit numbers in JSON. */
const OLDEST_VERSION = [25, 8] as const;

/** One ClickHouse, embedded or not, behind one client and one SQL. Inert before {@link open}. */
export class Database {
  readonly #options: StoreOptions;
  #backend: Backend | undefined;
  #engineVersion = "";

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  get kind(): "embedded" | "server" {
    return this.#options.kind;
  }

  get engineVersion(): string {
    return this.#engineVersion;
  }

  async open(): Promise<void> {
    const options = this.#options;
    this.#backend =
      options.kind === "embedded" ? await openEmbedded(options.dataDir) : await openServer(options);
    try {
      const rows = await this.query(
        "the version",
        z.object({ version: z.string() }),
        "SELECT version() AS version",
      );
      this.#engineVersion = rows[0]?.version ?? "";
      checkVersion(this.#engineVersion);
    } catch (thrown) {
      await this.close();
      throw thrown;
    }
  }

  async close(): Promise<void> {
    const backend = this.#backend;
    this.#backend = undefined;
    await backend?.close();
  }

  /**
   * Rows of a SELECT, each parsed by `row`.
   *
   * @param what names the query in errors.
   */
  async query<Row extends z.ZodType>(
    what: string,
    row: Row,
    sql: string,
    parameters: QueryParameters = {},
  ): Promise<z.output<Row>[]> {
    const { client } = this.#open();
    let rows: unknown;
    try {
      const result = await client.query({
        query: sql,
        query_params: { ...parameters },
        format: "JSONEachRow",
      });
      rows = await result.json();
    } catch (thrown) {
      throw storeFault(thrown, `the query for ${what}`);
    }
    return z.array(row).parse(rows);
  }

  /** The answer to a SELECT that names its FORMAT, whole. */
  async bytes(what: string, sql: string, parameters: QueryParameters = {}): Promise<Uint8Array> {
    const { client } = this.#open();
    try {
      const { stream } = await client.exec({ query: sql, query_params: { ...parameters } });
      const chunks: Uint8Array[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      return Buffer.concat(chunks);
    } catch (thrown) {
      throw storeFault(thrown, `the query for ${what}`);
    }
  }

  /** A statement without rows. */
  async command(what: string, sql: string, parameters: QueryParameters = {}): Promise<void> {
    const { client } = this.#open();
    try {
      await client.command({ query: sql, query_params: { ...parameters } });
    } catch (thrown) {
      throw storeFault(thrown, what);
    }
  }

  /** A few small rows as objects; columns that are not named take their defaults. */
  async insertRows(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    const { client } = this.#open();
    if (rows.length === 0) return;
    try {
      await client.insert({ table, values: rows, format: "JSONEachRow" });
    } catch (thrown) {
      throw insertFault(thrown, `rows of ${table}`);
    }
  }

  async insertArrow(what: string, insert: ArrowInsert): Promise<void> {
    const backend = this.#open();
    try {
      await backend.insertArrow(insert);
    } catch (thrown) {
      throw insertFault(thrown, what);
    }
  }

  #open(): Backend {
    if (this.#backend === undefined) {
      throw new Fault({ code: "STORE_CLOSED", message: "The store is not open.", hint: "Start it first." });
    }
    return this.#backend;
  }
}

function checkVersion(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_VERSION;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Fault({
    code: "STORE_TOO_OLD",
    message: `ClickHouse ${version} is older than ${oldestMajor}.${oldestMinor}, which Hopline needs.`,
    hint: "Upgrade the server, or use the embedded engine.",
  });
}
