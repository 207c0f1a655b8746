import type { TimeRange } from "@hopline/api";
import type { PairRoundTrips } from "@hopline/store";
import type { AlertRule } from "../rules/alert-rule.js";
import { microsecondsText } from "./figure-text.js";
import { type AlertReader, over, type Sample } from "./reading.js";
import { uiLink } from "./ui-link.js";

const EVERY_MS = 30_000;
const MINUTE_MS = 60_000;
const PAST_MS = 24 * 60 * MINUTE_MS;
/** The past ends so long ago: what is happening now should not become the measure of itself. */
const APART_MS = 10 * MINUTE_MS;
const LEAST_PAST_MINUTES = 10;
const PAST_EVERY_MS = 10 * MINUTE_MS;

/** The median handshake between two nodes against the same pair's last day. */
export function roundTripReader(): AlertReader {
  let past: { readonly readAtMs: number; readonly pairs: ReadonlyMap<string, PairRoundTrips> } | undefined;
  return {
    name: "round-trip",
    rules: ["round-trip"],
    everyMs: EVERY_MS,
    offsetMs: 6700,
    read: async ({ store, rules, nowMs }) => {
      const rule = rules["round-trip"];
      if (!rule.enabled) return [];
      if (past === undefined || nowMs - past.readAtMs >= pastEveryMs(past.pairs)) {
        const pairs = await store.pairRoundTrips({ from: nowMs - PAST_MS, to: nowMs - APART_MS });
        past = { readAtMs: nowMs, pairs: new Map(pairs.map((pair) => [keyOf(pair), pair])) };
      }
      const range = { from: nowMs - rule.lookBackMs, to: nowMs };
      const { pairs } = past;
      const samples = (await store.pairRoundTrips(range)).map((pair) =>
        sampleOf(rule, pair, pairs.get(keyOf(pair)), range),
      );
      return [{ rule, toMs: nowMs, samples, absent: "unknown" }];
    },
  };
}

/** Where no pair has past enough yet, as in a new installation, one that has is not waited for longer than need be. */
function pastEveryMs(pairs: ReadonlyMap<string, PairRoundTrips>): number {
  const isKnown = [...pairs.values()].some(({ minutes }) => minutes >= LEAST_PAST_MINUTES);
  return isKnown ? PAST_EVERY_MS : MINUTE_MS;
}

function keyOf({ clientNode, serverNode }: PairRoundTrips): string {
  return `${clientNode} ${serverNode}`;
}

function sampleOf(
  rule: AlertRule,
  now: PairRoundTrips,
  before: PairRoundTrips | undefined,
  range: TimeRange,
): Sample {
  const { clientNode, serverNode } = now;
  const labels = { source_node: clientNode, destination_node: serverNode };
  const [current, usual] = [now.medianUs, before?.medianUs ?? null];
  if (current === null || usual === null || before === undefined || usual <= 0)
    return { labels, state: "unknown" };
  if (now.connections < rule.floor || before.connections < rule.floor || before.minutes < LEAST_PAST_MINUTES)
    return { labels, state: "unknown" };
  const factor = current / usual;
  if (factor <= rule.threshold || current - usual < rule.leastRise) return { labels, state: "under" };
  return over(labels, factor, {
    summary: `The round trip from ${clientNode} to ${serverNode} is ${microsecondsText(current)}, ${Number(factor.toPrecision(2))} times its usual ${microsecondsText(usual)}.`,
    range,
    link: uiLink("/loss", range, { show: "latency", source: clientNode, destination: serverNode }),
    figures: [
      { name: "median now", value: current, unit: "us" },
      { name: "median of the last day", value: usual, unit: "us" },
      { name: "connections now", value: now.connections, unit: "count" },
      { name: "minutes of the past with connections", value: before.minutes, unit: "count" },
    ],
  });
}
