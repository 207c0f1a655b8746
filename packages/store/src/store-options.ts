import type { RetentionSettings } from "./retention.js";

/** The ClickHouse engine inside this process, over a data directory that it alone may use. */
export interface EmbeddedStoreOptions {
  readonly kind: "embedded";
  /** Absolute path; made where missing. */
  readonly dataDir: string;
}

/** A ClickHouse server, over HTTP. */
export interface ServerStoreOptions {
  readonly kind: "server";
  /** `http://host:8123` or `https://…`, without user, password or database. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Made where missing, if the user may. */
  readonly database: string;
}

export type StoreOptions = (EmbeddedStoreOptions | ServerStoreOptions) & {
  /** How long each table keeps its rows; `DEFAULT_RETENTION` where absent. */
  readonly retention?: RetentionSettings;
  /** Milliseconds since the Unix epoch. `Date.now` where absent. */
  readonly now?: () => number;
};
