"use client";

import { useQuery } from "@tanstack/react-query";
import { browserCollector } from "../../collector/browser-collector";
import { lossQuestion } from "../../collector/questions";
import { lossDetail, lossLevel, lossWord } from "../../components/loss/loss-level";
import { LossPair } from "../../components/loss/loss-pair";
import { NodeHeatmap } from "../../components/loss/node-heatmap";
import { type PairChoice, PairView } from "./pair-view";

/** What share of payload each pair of nodes loses on a segment; of the chosen pair over time, and whose it was. */
export function LossView({ segment, source, destination, span, onChoose }: PairChoice) {
  const { data, error, dataUpdatedAt, isPlaceholderData } = useQuery(
    lossQuestion(browserCollector, { segment, source, destination, span }),
  );
  const cells = data?.cells.filter((cell) => cell.segment === segment) ?? [];
  const chosen = cells.find((cell) => cell.sourceNode === source && cell.destinationNode === destination);
  return (
    <PairView
      what="loss"
      isLoaded={data !== undefined}
      isEmpty={cells.length === 0}
      isStale={isPlaceholderData}
      error={error}
      dataFromMs={data === undefined ? undefined : dataUpdatedAt}
      isChosen={chosen !== undefined}
    >
      <NodeHeatmap
        cells={cells.map((cell) => ({
          ...cell,
          text: lossWord(cell),
          detail: lossDetail(cell),
          level: lossLevel(cell),
        }))}
        chosen={{ source, destination }}
        onChoose={onChoose}
      />
      {data === undefined || chosen === undefined ? null : (
        <LossPair cell={chosen} series={data.series} worst={data.worst} span={span} />
      )}
    </PairView>
  );
}
