import { parseAsArrayOf, parseAsIsoDateTime, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { LIVE_SPANS, type TimeSpan } from "./time-span";

/**
 * The filter as the URL holds it, under the API's own names. Values are passed on as they stand: the collector
 * refuses what does not fit, with a sentence, where a parser here would drop it in silence.
 */
export const filterParams = {
  namespace: parseAsArrayOf(parseAsString),
  entity: parseAsString,
  client: parseAsString,
  server: parseAsString,
  service: parseAsString,
  protocol: parseAsArrayOf(parseAsString),
  port: parseAsString,
  node: parseAsString,
  scope: parseAsArrayOf(parseAsString),
  outcome: parseAsArrayOf(parseAsString),
  verdict: parseAsArrayOf(parseAsString),
  conformance: parseAsArrayOf(parseAsString),
  q: parseAsString,
};

export type FilterName = keyof typeof filterParams;
export const FILTER_NAMES: readonly FilterName[] = [
  "namespace",
  "entity",
  "client",
  "server",
  "service",
  "protocol",
  "port",
  "node",
  "scope",
  "outcome",
  "verdict",
  "conformance",
  "q",
];

/** `last` is the live span; `from` and `to`, where both are there, win over it. */
export const spanParams = {
  last: parseAsStringLiteral(LIVE_SPANS).withDefault("15m"),
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
};

export function spanOf(params: {
  last: (typeof LIVE_SPANS)[number];
  from: Date | null;
  to: Date | null;
}): TimeSpan {
  const { from, to, last } = params;
  if (from !== null && to !== null && from < to)
    return { kind: "fixed", fromMs: from.getTime(), toMs: to.getTime() };
  return { kind: "live", last };
}
