import type { InsertResult } from "@hopline/store";
import { tableToIPC } from "apache-arrow";
import type { StoreKeeper } from "../store-keeper.js";
import type { RowWriter, StorableBatch } from "./row-writer.js";

/**
 * One INSERT for each batch under its own token: whichever collector a batch is sent to again, ClickHouse knows it. For
 * a server, which several collectors may share.
 */
export class SingleRowWriter implements RowWriter {
  readonly #keeper: StoreKeeper;
  readonly #kind: "hops" | "drops";

  constructor(keeper: StoreKeeper, kind: "hops" | "drops" = "hops") {
    this.#keeper = keeper;
    this.#kind = kind;
  }

  write({ token, table }: StorableBatch): Promise<InsertResult> {
    const bytes = tableToIPC(table, "stream");
    return this.#kind === "hops"
      ? this.#keeper.use("insert_hops", (store) => store.insertHops(bytes, token))
      : this.#keeper.use("insert_drops", (store) => store.insertDrops(bytes, token));
  }

  async recover(): Promise<void> {}

  async stop(): Promise<void> {}
}
