import type { LossAnswer } from "@hopline/api";
import { DEFAULT_FLOOR_PACKETS, lossFigure, noFigureText } from "@hopline/path";
import type { LossCounts, LossVolumes } from "@hopline/store";

/** Loss by node pair and segment as the API gives it: a figure with its bound, or why there is none. */
export function lossAnswer({ range, cells, series, worst }: LossVolumes): LossAnswer {
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
    worst:
      worst === null
        ? null
        : {
            edges: worst.edges.map((edge) => ({
              client: edge.client,
              server: edge.server,
              service: edge.service,
              protocol: edge.protocol,
              port: edge.port,
              connections: edge.connections,
              ...loss(edge),
            })),
            connections: worst.connections.map(({ connection, ...counts }) => ({
              connection,
              ...loss(counts),
            })),
          },
  };
}

function loss(volume: LossCounts) {
  const { basis, sentPayloadBytes, missingPayloadBytes, payloadPackets, measuredWindows } = volume;
  const counts = {
    basis,
    sentPayloadBytes,
    missingPayloadBytes,
    sentPackets: payloadPackets,
    measuredWindows,
    leftOutWindows: volume.leftOutWindows,
  };
  if (measuredWindows === 0) {
    const text =
      basis === "both-ends"
        ? "no window of this time is complete at both nodes"
        : "no window of this time is complete at the node";
    return { payload: null, why: { code: "incomplete", text }, ...counts };
  }
  const figure = lossFigure({
    sent: sentPayloadBytes,
    missing: missingPayloadBytes,
    trials: payloadPackets,
    edge: volume.edgeBytes,
    floor: DEFAULT_FLOOR_PACKETS,
  });
  if (typeof figure === "string")
    return { payload: null, why: { code: figure, text: noFigureText(figure) }, ...counts };
  // What came twice or late may have been sent again, or overtaken, without need: nothing is certain from one end.
  return { payload: basis === "both-ends" ? figure : { ...figure, low: 0 }, why: null, ...counts };
}
