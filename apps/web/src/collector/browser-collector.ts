import { CollectorClient } from "./collector-client";

/** The one client of a browser tab; it asks the origin that served the page. */
export const browserCollector = new CollectorClient({
  baseUrl: "",
  headers: {},
  fetch: (input, init) => globalThis.fetch(input, init),
  clock: Date.now,
});
