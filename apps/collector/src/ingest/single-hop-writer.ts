import type { InsertResult } from "@hopline/store";
import { tableToIPC } from "apache-arrow";
import type { StoreKeeper } from "../store-keeper.js";
import type { HopWriter, StorableBatch } from "./hop-writer.js";

/**
 * One INSERT for each batch under its own token: whichever collector a batch is sent to again, ClickHouse knows it. For
 * a server, which several collectors may share.
 */
export class SingleHopWriter implements HopWriter {
  readonly #keeper: StoreKeeper;

  constructor(keeper: StoreKeeper) {
    this.#keeper = keeper;
  }

  write({ token, table }: StorableBatch): Promise<InsertResult> {
    const bytes = tableToIPC(table, "stream");
    return this.#keeper.use("insert_hops", (store) => store.insertHops(bytes, token));
  }

  async recover(): Promise<void> {}

  async stop(): Promise<void> {}
}
