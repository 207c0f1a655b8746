import { type DehydratedState, dehydrate, QueryClient } from "@tanstack/react-query";
import { CollectorClient } from "./collector-client";
import { readCollectorSettings } from "./collector-settings";

/** A page does not wait longer than this for its first data; the browser asks again anyway. */
const DEADLINE_MS = 800;

/**
 * Loads a page's first data on the server, straight from the collector. What fails or takes too long is left to the
 * browser, which also shows why.
 */
export async function loadOnServer(
  load: (queries: QueryClient, collector: CollectorClient) => Promise<void>,
): Promise<DehydratedState> {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  try {
    const { baseUrl, token } = await readCollectorSettings(process.env);
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const collector = new CollectorClient({
      baseUrl,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      fetch: (input, init) => fetch(input, { ...init, signal: deadline }),
      clock: Date.now,
    });
    await load(queries, collector);
  } catch {
    // Settings that cannot be used: the proxy answers the browser's first question with the reason.
  }
  return dehydrate(queries);
}
