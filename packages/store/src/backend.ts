import type { ClickHouseClient } from "@clickhouse/client";

/** An `INSERT … SELECT` whose rows come out of an Arrow IPC stream. */
export interface ArrowInsert {
  /** The whole statement, given the SQL of a table function that reads the stream. */
  readonly statement: (source: string) => string;
  /** Column names and ClickHouse types in the stream, as in `CREATE TABLE`. */
  readonly structure: string;
  readonly stream: Uint8Array;
}

/** The two ways to a ClickHouse engine. What differs between them is only how it is opened and how bytes reach it. */
export interface Backend {
  readonly client: ClickHouseClient;
  insertArrow(insert: ArrowInsert): Promise<void>;
  /** After everything under way has ended. */
  close(): Promise<void>;
}
