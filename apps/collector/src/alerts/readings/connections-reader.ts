import { entityId, type TimeRange } from "@hopline/api";
import type { ConnectionFailures } from "@hopline/store";
import type { AlertRule } from "../rules/alert-rule.js";
import { entityText } from "./entity-text.js";
import { percentText } from "./figure-text.js";
import { incompleteNodes } from "./incomplete-nodes.js";
import { type AlertReader, over, type Reading, type Sample } from "./reading.js";
import { uiLink } from "./ui-link.js";

const EVERY_MS = 15_000;
/** What answered a connection may be told with its window: so long after it began it has come. */
const ANSWERED_MS = 15_000;

/**
 * TCP connections from one workload to another that nobody answered, and those that were reset. An edge with a node whose
 * capture was not complete is unknown: the answer may have been missed.
 */
export const connectionsReader: AlertReader = {
  name: "connections",
  rules: ["connections-unanswered", "connections-reset"],
  everyMs: EVERY_MS,
  offsetMs: 5900,
  read: async ({ store, rules, nowMs }) => {
    const readings: Reading[] = [];
    const kinds = [UNANSWERED, RESET].filter(({ name }) => rules[name].enabled);
    const spans = new Set(kinds.map(({ name }) => rules[name].lookBackMs));
    for (const span of spans) {
      const range = { from: nowMs - ANSWERED_MS - span, to: nowMs - ANSWERED_MS };
      const failures = await store.connectionFailures(range);
      const doubtful = await incompleteNodes(store, nowMs - range.from);
      for (const kind of kinds) {
        const rule = rules[kind.name];
        if (rule.lookBackMs !== span) continue;
        const samples = failures.map((edge) => sampleOf(rule, kind, edge, range, doubtful));
        readings.push({ rule, toMs: nowMs, samples, absent: "under" });
      }
    }
    return readings;
  },
};

interface Kind {
  readonly name: "connections-unanswered" | "connections-reset";
  readonly of: (edge: ConnectionFailures) => { readonly count: number; readonly ids: readonly string[] };
  readonly words: string;
  readonly outcome: string;
}

const UNANSWERED: Kind = {
  name: "connections-unanswered",
  of: ({ unanswered, unansweredIds }) => ({ count: unanswered, ids: unansweredIds }),
  words: "were not answered",
  outcome: "unanswered",
};
const RESET: Kind = {
  name: "connections-reset",
  of: ({ reset, resetIds }) => ({ count: reset, ids: resetIds }),
  words: "were refused or reset",
  outcome: "refused",
};

function sampleOf(
  rule: AlertRule,
  kind: Kind,
  edge: ConnectionFailures,
  range: TimeRange,
  doubtful: ReadonlySet<string>,
): Sample {
  const labels = { client: entityId(edge.client), server: entityId(edge.server) };
  const { count, ids } = kind.of(edge);
  if (count === 0) return { labels, state: "under" };
  if (edge.begun < rule.floor || edge.nodes.some((node) => doubtful.has(node)))
    return { labels, state: "unknown" };
  const share = count / edge.begun;
  if (share <= rule.threshold) return { labels, state: "under" };
  const way = `${entityText(edge.client)} > ${entityText(edge.server)}`;
  return over(labels, share, {
    summary: `${percentText(share)} of the TCP connections from ${entityText(edge.client)} to ${entityText(edge.server)} ${kind.words} (${count} of ${edge.begun}).`,
    range,
    link: uiLink("/flows", range, { ...labels, outcome: kind.outcome }),
    figures: [
      { name: kind.words, value: count, unit: "count" },
      { name: "connections begun", value: edge.begun, unit: "count" },
    ],
    connections: ids.map((id) => ({ id, text: way })),
  });
}
