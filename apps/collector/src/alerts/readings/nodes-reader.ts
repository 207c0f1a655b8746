import type { TimeRange } from "@hopline/api";
import type { NodeFigures } from "@hopline/store";
import type { AlertRule } from "../rules/alert-rule.js";
import { percentText, secondsText } from "./figure-text.js";
import { type AlertReader, over, type ReaderContext, type Reading, type Sample } from "./reading.js";
import { uiLink } from "./ui-link.js";

const EVERY_MS = 15_000;

type SampleOf = (rule: AlertRule, node: NodeFigures, range: TimeRange, context: ReaderContext) => Sample;

/** A node's agent that is silent or does not see everything, and its conntrack table where that fills. */
export const nodesReader: AlertReader = {
  name: "nodes",
  rules: ["agent-silent", "capture-incomplete", "conntrack-full"],
  everyMs: EVERY_MS,
  offsetMs: 6500,
  read: async (context) => {
    const { store, rules, nowMs } = context;
    const { lookBackMs } = rules["capture-incomplete"];
    const nodes = await store.nodeFigures(lookBackMs);
    const range = { from: nowMs - lookBackMs, to: nowMs };
    const kinds: readonly (readonly [keyof typeof rules, SampleOf, Reading["absent"]])[] = [
      // A node that the cluster no longer has is not listed: its agent may be silent.
      ["agent-silent", silenceSample, "under"],
      ["capture-incomplete", captureSample, "unknown"],
      ["conntrack-full", conntrackSample, "unknown"],
    ];
    return kinds.flatMap(([name, sampleOf, absent]): Reading[] => {
      const rule = rules[name];
      if (!rule.enabled) return [];
      const samples = nodes.map((node) => sampleOf(rule, node, range, context));
      return [{ rule, toMs: nowMs, samples, absent }];
    });
  },
};

const silenceSample: SampleOf = (rule, { node, lastBatchAtMs }, range, { nowMs, startedAtMs }) => {
  const labels = { node };
  const silenceMs = nowMs - lastBatchAtMs;
  if (silenceMs <= rule.threshold) return { labels, state: "under" };
  // While no collector ran, no agent could be heard.
  if (nowMs - startedAtMs <= rule.threshold) return { labels, state: "unknown" };
  return over(labels, silenceMs, {
    summary: `The agent on ${node} has sent nothing for ${secondsText(silenceMs)}.`,
    range: { from: lastBatchAtMs, to: range.to },
    link: "/status",
    figures: [{ name: "silent for", value: silenceMs, unit: "ms" }],
  });
};

const captureSample: SampleOf = (rule, figures, range) => {
  const { node, seenFrames, droppedFrames, sampling, agentEvents, incompleteWindows } = figures;
  const labels = { node };
  const passed = seenFrames + droppedFrames;
  if (passed < rule.floor) return { labels, state: "unknown" };
  const missed = 1 - seenFrames / passed / Math.max(1, sampling);
  const lostBatches = agentEvents.includes("lost-batches");
  if (missed <= rule.threshold && !lostBatches) return { labels, state: "under" };
  const why = [
    ...(droppedFrames > 0 ? [`its ring had no room for ${droppedFrames} frames`] : []),
    ...(sampling > 1 ? [`it counted one of ${sampling} connections`] : []),
    ...(lostBatches ? ["it lost batches that it could not deliver"] : []),
  ];
  return over(labels, missed, {
    summary: `The agent on ${node} did not count all that passed: ${why.join(", ")}.`,
    range,
    link: "/status",
    figures: [
      { name: "not counted", value: missed, unit: "share" },
      { name: "dropped frames", value: droppedFrames, unit: "count" },
      { name: "seen frames", value: seenFrames, unit: "count" },
      { name: "sampling, one of", value: sampling, unit: "count" },
      { name: "incomplete windows", value: incompleteWindows, unit: "count" },
    ],
  });
};

const conntrackSample: SampleOf = (rule, { node, conntrack }, range) => {
  const labels = { node };
  if (conntrack === null || conntrack.entries < rule.floor) return { labels, state: "unknown" };
  const share = conntrack.entries / conntrack.limit;
  if (share <= rule.threshold) return { labels, state: "under" };
  return over(labels, share, {
    summary: `The conntrack table of ${node} is ${percentText(share)} full: ${conntrack.entries} of ${conntrack.limit} entries.`,
    range,
    link: uiLink("/flows", range, { node }),
    figures: [
      { name: "entries", value: conntrack.entries, unit: "count" },
      { name: "limit", value: conntrack.limit, unit: "count" },
    ],
  });
};
