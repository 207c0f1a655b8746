import type { AlertFacts, LossCell, TimeRange } from "@hopline/api";
import { lossAnswer } from "../../path/loss-answer.js";
import type { AlertRule } from "../rules/alert-rule.js";
import { entityText } from "./entity-text.js";
import { percentText } from "./figure-text.js";
import { type AlertReader, over, type ReaderContext, type Reading, type Sample } from "./reading.js";
import { uiLink } from "./ui-link.js";

const WINDOW_MS = 10_000;
/** Loss is told of windows that ended so long ago; see the store's own lossVolumes. */
const SETTLE_MS = 15_000;
/** Of so many losing segments at a time the connections that lose most are looked up. */
const MOST_WITH_CONNECTIONS = 3;
const MOST_CONNECTIONS = 3;

/**
 * Loss on the wire between two nodes and loss inside one, over the last windows that are settled. It is over the threshold
 * where the lower bound of the figure is, and under it where the figure is; where a window is not complete at both hops, or only one end is watched, it is unknown.
 */
export const lossReader: AlertReader = {
  name: "loss",
  rules: ["wire-loss", "node-loss"],
  // A window is settled every ten seconds, and looked at as soon as it is. The other readers come behind it.
  everyMs: WINDOW_MS,
  offsetMs: (SETTLE_MS % WINDOW_MS) + 100,
  isUrgent: true,
  read: async (context) => {
    const rules = [context.rules["wire-loss"], context.rules["node-loss"]].filter(({ enabled }) => enabled);
    const readings: Reading[] = [];
    for (const lookBackMs of new Set(rules.map((rule) => rule.lookBackMs))) {
      const to = Math.floor((context.nowMs - SETTLE_MS) / WINDOW_MS) * WINDOW_MS;
      const from = to - Math.ceil(lookBackMs / WINDOW_MS) * WINDOW_MS;
      const { range, cells } = lossAnswer(await context.store.lossVolumes({ from, to }));
      for (const rule of rules) {
        if (rule.lookBackMs !== lookBackMs) continue;
        const samples = await samplesOf(context, rule, range, cells);
        readings.push({ rule, toMs: range.to, samples, absent: "unknown" });
      }
    }
    return readings;
  },
};

async function samplesOf(
  context: ReaderContext,
  rule: AlertRule,
  range: TimeRange,
  cells: readonly LossCell[],
): Promise<Sample[]> {
  const ours = cells
    .filter(({ segment }) => (segment === "wire") === (rule.name === "wire-loss"))
    .sort((one, other) => (other.payload?.low ?? 0) - (one.payload?.low ?? 0));
  const samples: Sample[] = [];
  for (const [index, cell] of ours.entries()) {
    const state = stateOf(rule, cell);
    const labels = labelsOf(cell);
    if (state !== "over") samples.push({ labels, state });
    else {
      const connections = index < MOST_WITH_CONNECTIONS ? await worstConnections(context, range, cell) : [];
      samples.push(losing(labels, range, cell, connections));
    }
  }
  return samples;
}

function stateOf(rule: AlertRule, cell: LossCell): Sample["state"] {
  const { payload, basis, leftOutWindows, sentPackets } = cell;
  if (payload === null || basis !== "both-ends" || leftOutWindows > 0 || sentPackets < rule.floor)
    return "unknown";
  if (payload.low > rule.threshold) return "over";
  // Above the threshold, and not for certain: that is no reason to fire, and none to take it back.
  return payload.ratio > rule.threshold ? "unknown" : "under";
}

/** `node` where it is inside one, so that its pairs can be told of together. */
function labelsOf({ sourceNode, destinationNode, segment }: LossCell): Sample["labels"] {
  const node = segment === "destination node" ? destinationNode : sourceNode;
  const pair = { source_node: sourceNode, destination_node: destinationNode, segment };
  return segment === "wire" ? pair : { ...pair, node };
}

function losing(
  labels: Sample["labels"],
  range: TimeRange,
  cell: LossCell,
  connections: AlertFacts["connections"],
): Sample {
  const { payload, sourceNode, destinationNode, segment } = cell;
  const { ratio, low, high } = payload ?? { ratio: 0, low: 0, high: 0 };
  return over(labels, low, {
    summary: `${percentText(ratio)} of payload is lost ${placeText(cell)} (at least ${percentText(low)}).`,
    range,
    link: uiLink("/loss", range, { segment, source: sourceNode, destination: destinationNode }),
    figures: [
      { name: "lost", value: ratio, unit: "share" },
      { name: "at least", value: low, unit: "share" },
      { name: "at most", value: high, unit: "share" },
      { name: "missing payload", value: cell.missingPayloadBytes, unit: "bytes" },
      { name: "sent payload", value: cell.sentPayloadBytes, unit: "bytes" },
      { name: "sent packets", value: cell.sentPackets, unit: "count" },
    ],
    connections,
  });
}

function placeText({ sourceNode, destinationNode, segment }: LossCell): string {
  if (segment === "wire") return `on the wire from ${sourceNode} to ${destinationNode}`;
  if (sourceNode === destinationNode) return `inside ${sourceNode}, between its pods`;
  return segment === "source node"
    ? `inside ${sourceNode}, on the way out to ${destinationNode}`
    : `inside ${destinationNode}, on the way in from ${sourceNode}`;
}

async function worstConnections(
  { store }: ReaderContext,
  range: TimeRange,
  { sourceNode, destinationNode, segment }: LossCell,
): Promise<AlertFacts["connections"]> {
  const { worst } = await store.lossVolumes({
    ...range,
    source: sourceNode,
    destination: destinationNode,
    segment,
  });
  return (worst?.connections ?? []).slice(0, MOST_CONNECTIONS).map(({ connection }) => ({
    id: connection.id,
    text: `${entityText(connection.client.entity)} > ${entityText(connection.server.entity)}:${connection.server.port}`,
  }));
}
