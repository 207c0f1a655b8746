import { entityId, type TimeRange } from "@hopline/api";
import type { PolicyDropRate, UnenforcedEdge } from "@hopline/store";
import type { AlertRule } from "../rules/alert-rule.js";
import { entityText } from "./entity-text.js";
import { type AlertReader, over, type ReaderContext, type Reading, type Sample } from "./reading.js";
import { uiLink } from "./ui-link.js";

const EVERY_MS = 15_000;
const MINUTE_MS = 60_000;
/** The past is an hour that ended so long ago. */
const PAST_MS = 60 * MINUTE_MS;
const APART_MS = 10 * MINUTE_MS;

/** Connections that policy denies and nobody stops, and packets that policies drop more of than they used to. */
export const policyReader: AlertReader = {
  name: "policy",
  rules: ["policy-unenforced", "policy-drops"],
  everyMs: EVERY_MS,
  offsetMs: 6100,
  read: async (context) => [...(await readUnenforced(context)), ...(await readDrops(context))],
};

async function readUnenforced({ store, rules, nowMs }: ReaderContext): Promise<Reading[]> {
  const rule = rules["policy-unenforced"];
  if (!rule.enabled) return [];
  const range = { from: nowMs - rule.lookBackMs, to: nowMs };
  const edges = await store.unenforcedEdges(range);
  const samples = edges.map((edge) => unenforcedSample(rule, edge, range));
  return [{ rule, toMs: nowMs, samples, absent: "under" }];
}

function unenforcedSample(rule: AlertRule, edge: UnenforcedEdge, range: TimeRange): Sample {
  const { client, server, connections, ids } = edge;
  const labels = { client: entityId(client), server: entityId(server) };
  if (connections <= rule.threshold || connections < rule.floor) return { labels, state: "under" };
  const way = `${entityText(client)} > ${entityText(server)}`;
  const what = connections === 1 ? "1 connection" : `${connections} connections`;
  return over(labels, connections, {
    summary: `${what} from ${entityText(client)} to ${entityText(server)} came through, which policy denies: nobody enforces it there.`,
    range,
    link: uiLink("/flows", range, { ...labels, conformance: "unenforced" }),
    figures: [{ name: "connections", value: connections, unit: "count" }],
    connections: ids.map((id) => ({ id, text: way })),
  });
}

async function readDrops({ store, rules, nowMs, startedAtMs }: ReaderContext): Promise<Reading[]> {
  const rule = rules["policy-drops"];
  if (!rule.enabled) return [];
  const range = { from: nowMs - rule.lookBackMs, to: nowMs };
  const past = { from: nowMs - APART_MS - PAST_MS, to: nowMs - APART_MS };
  const rates = await store.policyDropRates(range, past);
  // A collector that has just begun knows no past to compare with.
  const isYoung = nowMs - startedAtMs < APART_MS + PAST_MS;
  const samples = rates.map((rate) => dropSample(rule, rate, range, isYoung));
  return [{ rule, toMs: nowMs, samples, absent: "under" }];
}

function dropSample(rule: AlertRule, rate: PolicyDropRate, range: TimeRange, isYoung: boolean): Sample {
  const { kind, namespace, name, node, packets, pastPackets } = rate;
  const labels = { node, ...(name !== "" && { policy: [kind, namespace, name].filter(Boolean).join("/") }) };
  if (packets < rule.floor) return { labels, state: "under" };
  // A past without drops is no past where it was not watched.
  if (isYoung && pastPackets === 0) return { labels, state: "unknown" };
  const current = (packets * 1000) / (range.to - range.from);
  const usual = (pastPackets * 1000) / PAST_MS;
  // Of nothing everything is a multiple: one packet an hour stands in for it.
  const factor = current / Math.max(usual, 1000 / PAST_MS);
  if (factor <= rule.threshold || current - usual < rule.leastRise) return { labels, state: "under" };
  const who = name === "" ? "Policies" : `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
  return over(labels, factor, {
    summary: `${who} on ${node} dropped ${rateText(current)} packets a second, against ${rateText(usual)} in the hour before.`,
    range,
    link: uiLink("/flows", range, { node, outcome: "dropped" }),
    figures: [
      { name: "dropped now", value: current, unit: "per-second" },
      { name: "in the hour before", value: usual, unit: "per-second" },
      { name: "packets dropped", value: packets, unit: "count" },
    ],
  });
}

function rateText(perSecond: number): string {
  return String(Number(perSecond.toPrecision(2)));
}
