import { Readable } from "node:stream";
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { Fault } from "@hopline/fault";
import type { ArrowInsert, Backend } from "./backend.js";
import { clickHouseCode, storeFault } from "./store-fault.js";
import type { ServerStoreOptions } from "./store-options.js";

const REQUEST_TIMEOUT_MS = 60_000;
const ACCESS_DENIED = "497";

/**
 * Connects to a server and makes the database where missing.
 *
 * @throws Fault `STORE_UNREACHABLE`, `STORE_CREDENTIALS`, `STORE_DENIED`, `STORE_SETTINGS`
 */
export async function openServer(options: ServerStoreOptions): Promise<Backend> {
  await makeDatabase(options);
  const client = connect(options, options.database);
  return {
    client,
    insertArrow: (insert) => insertFromBody(client, insert),
    close: () => client.close(),
  };
}

function connect(options: ServerStoreOptions, database: string): ClickHouseClient {
  try {
    return createClient({
      url: options.url,
      username: options.user,
      password: options.password,
      database,
      request_timeout: REQUEST_TIMEOUT_MS,
      // Every failure is thrown; whoever catches it logs it.
      log: { level: ClickHouseLogLevel.OFF },
    });
  } catch (thrown) {
    throw new Fault({
      code: "STORE_SETTINGS",
      message: `"${options.url}" is no URL of a ClickHouse server.`,
      hint: "It looks like http://clickhouse:8123.",
      cause: thrown,
    });
  }
}

/** Asked of the server's own database, since ours may not be there yet. */
async function makeDatabase(options: ServerStoreOptions): Promise<void> {
  const client = connect(options, "default");
  try {
    await client.command({
      query: "CREATE DATABASE IF NOT EXISTS {name:Identifier}",
      query_params: { name: options.database },
    });
  } catch (thrown) {
    // Somebody else may have made it for a user who may not.
    if (clickHouseCode(thrown) === ACCESS_DENIED) return;
    throw storeFault(thrown, `at ${options.url}`);
  } finally {
    await client.close();
  }
}

async function insertFromBody(client: ClickHouseClient, insert: ArrowInsert): Promise<void> {
  const source = `input('${insert.structure.replaceAll("'", "\\'")}')`;
  const { stream } = await client.exec({
    query: `${insert.statement(source)} FORMAT ArrowStream`,
    values: Readable.from([insert.stream]),
  });
  // An answer that is not read keeps its socket.
  for await (const _chunk of stream);
}
