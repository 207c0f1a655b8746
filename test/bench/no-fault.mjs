import { setTimeout as delay } from "node:timers/promises";
import { LabBed } from "./lab-bed.mjs";
import { figure, round, say, table } from "./run.mjs";

const RESTART_EVERY = "20s";
/** Against the usual rate of the lab's workloads; one after the other, again and again. */
const RATES = [1, 4, 0.5, 8, 2, 0.2];
const RATE_MS = 20_000;
const LOSS_RULES = ["wire-loss", "node-loss"];

/**
 * A lab without a fault, whose pods restart and whose workloads call now more, now less often: every alert of loss is a false one.
 *
 * @param {{minutes: number}} options
 * @returns whether there was none
 */
export async function benchNoFault({ minutes }) {
  const bed = new LabBed();
  try {
    say("starting a lab of two nodes, its agents and a collector");
    await bed.start({ busy: { restartEvery: RESTART_EVERY } });
    const from = Date.now();
    const ends = from + minutes * 60_000;
    for (let turn = 0; Date.now() < ends; turn++) {
      const rate = RATES[turn % RATES.length];
      await bed.lab("POST", "/rate", { rate });
      await delay(Math.min(RATE_MS, ends - Date.now()));
      if (turn % 6 === 0) say(`${round((Date.now() - from) / 60_000, 1)} of ${minutes} minutes`);
    }
    const { alerts } = await bed.ask("/api/v1/alerts", { from, to: Date.now() });
    const loss = alerts.filter(({ rule, firedAt }) => LOSS_RULES.includes(rule) && firedAt !== null);
    const { cells } = await bed.ask("/api/v1/loss", { from, to: Date.now() });
    const { agents } = await bed.ask("/api/v1/status", {});
    const pending = alerts.filter(({ rule, firedAt }) => LOSS_RULES.includes(rule) && firedAt === null);
    const worst = worstOf(cells);
    if (worst !== undefined) await tellConnections(bed, worst, from);
    if (alerts.length > 0)
      table([
        ["rule", "state", "of", "summary"],
        ...alerts.map(({ rule, state, labels, summary }) => [
          rule,
          state,
          Object.values(labels).join(" "),
          summary,
        ]),
      ]);
    figure({
      bench: "no-fault",
      minutes,
      lossAlerts: loss.length,
      lossPending: pending.length,
      otherAlerts: alerts.filter(({ rule, firedAt }) => !LOSS_RULES.includes(rule) && firedAt !== null)
        .length,
      measuredWindows: cells.reduce((sum, cell) => sum + cell.measuredWindows, 0),
      leftOutWindows: cells.reduce((sum, cell) => sum + cell.leftOutWindows, 0),
      worst: worst === undefined ? null : inWords(worst),
      framesSeen: agents.reduce((sum, { seenFrames }) => sum + seenFrames, 0),
      ok: loss.length === 0,
    });
    return loss.length === 0;
  } finally {
    await bed.remove();
  }
}

/** Packets to a pod that has just gone are lost indeed: not every figure above 0 is a false one. */
function worstOf(cells) {
  const known = cells.filter(({ payload }) => payload !== null && payload.ratio > 0);
  return known.sort((a, b) => b.payload.ratio - a.payload.ratio)[0];
}

function inWords({ segment, sourceNode, destinationNode, payload, sentPayloadBytes }) {
  const percent = { of: round(payload.ratio * 100, 3), low: round(payload.low * 100, 3) };
  return { segment, nodePair: `${sourceNode} to ${destinationNode}`, percent, sentPayloadBytes };
}

/** So that a person can say whether what is missing was really lost. */
async function tellConnections(bed, { segment, sourceNode, destinationNode }, from) {
  const { worst } = await bed.ask("/api/v1/loss", {
    ...{ from, to: Date.now(), segment },
    ...{ source: sourceNode, destination: destinationNode },
  });
  if (worst === null || worst.connections.length === 0) return;
  table([
    ["connection", "sent bytes", "missing", "first", "last", "outcome"],
    ...worst.connections.map(({ connection, sentPayloadBytes, missingPayloadBytes }) => [
      `${connection.client.entity.name} ${connection.server.entity.name}:${connection.server.port} ${connection.id}`,
      ...[sentPayloadBytes, missingPayloadBytes],
      ...[connection.firstSeen, connection.lastSeen].map((time) =>
        new Date(time).toISOString().slice(11, 23),
      ),
      connection.outcome,
    ]),
  ]);
}
