"use client";

import { useQuery } from "@tanstack/react-query";
import { browserCollector } from "../../collector/browser-collector";
import { latencyQuestion } from "../../collector/questions";
import { LATENCY_LEGEND, latencyDetail, latencyLevel, quantileOf } from "../../components/loss/latency-level";
import { LatencyPair } from "../../components/loss/latency-pair";
import { NodeHeatmap } from "../../components/loss/node-heatmap";
import { useOpenPair } from "../../components/loss/use-open-pair";
import { formatMicroseconds } from "../../units/quantity";
import { type PairChoice, PairView } from "./pair-view";

/** What a segment adds to the round trips between each pair of nodes; of the chosen pair over time and by edge. */
export function LatencyView({ segment, quantile, source, destination, span, onChoose }: PairChoice) {
  const { pair, suggest } = useOpenPair({ source, destination }, segment);
  const answer = useQuery(latencyQuestion(browserCollector, { segment, ...pair, span }));
  const { data, isPlaceholderData } = answer;
  const cells = data?.cells.filter((cell) => cell.segment === segment) ?? [];
  if (!isPlaceholderData) suggest(cells, (cell) => quantileOf(cell, quantile) ?? -1);
  const chosen = cells.find(
    (cell) => cell.sourceNode === pair.source && cell.destinationNode === pair.destination,
  );
  return (
    <PairView
      what="latency"
      // The heatmap stays true while the first pair's series is asked for.
      answer={{ ...answer, isPlaceholderData: isPlaceholderData && data?.series !== null }}
      isEmpty={cells.length === 0}
      isChosen={chosen !== undefined}
    >
      <NodeHeatmap
        cells={cells.map((cell) => {
          const value = quantileOf(cell, quantile);
          return {
            ...cell,
            text: value === null ? "unknown" : formatMicroseconds(value),
            detail: latencyDetail(cell),
            level: latencyLevel(cell, quantile, cells),
          };
        })}
        chosen={pair}
        caption={`${quantile} of what the segment adds to a round trip`}
        legend={LATENCY_LEGEND}
        onChoose={onChoose}
      />
      {data === undefined || chosen === undefined ? null : <LatencyPair cell={chosen} answer={data} />}
    </PairView>
  );
}
