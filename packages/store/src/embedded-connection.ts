import type { Readable } from "node:stream";
import type { ClickHouseClientConfigOptions } from "@clickhouse/client";
import type { ChdbConnection } from "chdb/connection";
import { StatementQueue } from "./statement-queue.js";

type ClientConnection = NonNullable<ClickHouseClientConfigOptions["connection"]>;

/** What of a request reaches the engine. */
interface Request {
  readonly query: string;
  readonly query_params?: Record<string, unknown>;
  readonly query_id?: string;
}

/**
 * The engine's connection as the client takes it, without the client's settings. The engine would run each as a `SET`
 * that holds for every later statement of the process; ours stand in the statements (`SETTINGS …`), and those that the
 * client adds by itself are about HTTP.
 */
export function embeddedConnection(engine: ChdbConnection): ClientConnection {
  const queue = new StatementQueue();
  const request = ({ query, query_params, query_id }: Request) => ({ query, query_params, query_id });
  return {
    query: (params) => queue.read(() => engine.query(request(params))),
    command: (params) => queue.store(() => engine.command(request(params))),
    exec: (params) => queue.store(() => engine.exec(request(params))),
    insert: (params: Request & { values: string | Readable }) =>
      queue.store(() => engine.insert({ ...request(params), values: params.values })),
    ping: () => queue.read(() => engine.ping({ select: true })),
    close: () => engine.close(),
  };
}
