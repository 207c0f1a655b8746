import type { LossAnswer } from "@hopline/api";
import { DEFAULT_FLOOR_PACKETS, lossFigure, noFigureText } from "@hopline/path";
import type { LossVolume, LossVolumes } from "@hopline/store";

/** Length of a window, seconds, and how far apart two nodes may see the same packet at its edge. */
const WINDOW_SECONDS = 10;
const SHIFT_SECONDS = 0.02;

/** Loss by node pair and segment as the API gives it: a figure with its bound, or why there is none. */
export function lossAnswer({ range, cells, series }: LossVolumes): LossAnswer {
  return {
    range,
    cells: cells.map((cell) => ({
      sourceNode: cell.sourceNode,
      destinationNode: cell.destinationNode,
      segment: cell.segment,
      ...loss(cell),
    })),
    series:
      series === null
        ? null
        : {
            stepSeconds: series.stepSeconds,
            points: series.points.map((point) => ({ time: point.stepStart * 1000, ...loss(point) })),
          },
  };
}

function loss(volume: LossVolume) {
  const { sentPayloadBytes, missingPayloadBytes, payloadPackets, measuredWindows, leftOutWindows } = volume;
  const counts = {
    sentPayloadBytes,
    missingPayloadBytes,
    sentPackets: payloadPackets,
    measuredWindows,
    leftOutWindows,
  };
  if (measuredWindows === 0) {
    const why = { code: "incomplete", text: "no window of this time is complete at both nodes" };
    return { payload: null, why, ...counts };
  }
  // Each run of complete windows has two edges, and each window that was left out may begin another run.
  const rate = sentPayloadBytes / (measuredWindows * WINDOW_SECONDS);
  const figure = lossFigure({
    sent: sentPayloadBytes,
    missing: missingPayloadBytes,
    trials: payloadPackets,
    edge: rate * SHIFT_SECONDS * 2 * (1 + leftOutWindows),
    floor: DEFAULT_FLOOR_PACKETS,
  });
  if (typeof figure !== "string") return { payload: figure, why: null, ...counts };
  return { payload: null, why: { code: figure, text: noFigureText(figure) }, ...counts };
}
