"use client";

import { useQuery } from "@tanstack/react-query";
import { browserCollector } from "../../collector/browser-collector";
import { latencyQuestion } from "../../collector/questions";
import { latencyDetail, latencyLevel, quantileOf } from "../../components/loss/latency-level";
import { LatencyPair } from "../../components/loss/latency-pair";
import { NodeHeatmap } from "../../components/loss/node-heatmap";
import { formatMicroseconds } from "../../units/quantity";
import { type PairChoice, PairView } from "./pair-view";

/** What a segment adds to the round trips between each pair of nodes; of the chosen pair over time and by edge. */
export function LatencyView({ segment, quantile, source, destination, span, onChoose }: PairChoice) {
  const { data, error, dataUpdatedAt, isPlaceholderData } = useQuery(
    latencyQuestion(browserCollector, { segment, source, destination, span }),
  );
  const cells = data?.cells.filter((cell) => cell.segment === segment) ?? [];
  const chosen = cells.find((cell) => cell.sourceNode === source && cell.destinationNode === destination);
  return (
    <PairView
      what="latency"
      isLoaded={data !== undefined}
      isEmpty={cells.length === 0}
      isStale={isPlaceholderData}
      error={error}
      dataFromMs={data === undefined ? undefined : dataUpdatedAt}
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
        chosen={{ source, destination }}
        onChoose={onChoose}
      />
      {data === undefined || chosen === undefined ? null : <LatencyPair cell={chosen} answer={data} />}
    </PairView>
  );
}
