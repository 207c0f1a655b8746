import type { InsertResult, Store } from "@hopline/store";
import type { Table } from "apache-arrow";

/** A named batch on its way into the store. */
export interface StorableBatch {
  /** Deduplication token. */
  readonly token: string;
  /** Columns of STORED_HOP_COLUMNS or STORED_DROP_COLUMNS (packages/store), in one record batch. */
  readonly table: Table;
  /** Earliest and latest window, Unix seconds. */
  readonly firstWindow: number;
  readonly lastWindow: number;
}

/** Stores batches, each once for its token, however often it comes. */
export interface RowWriter {
  /** Once, when the store has opened and before anything is written. */
  recover(store: Store): Promise<void>;
  /** Settles once ClickHouse has it. Rejects with the store's Fault; then it may be stored again under the same token. */
  write(batch: StorableBatch): Promise<InsertResult>;
  stop(): Promise<void>;
}
