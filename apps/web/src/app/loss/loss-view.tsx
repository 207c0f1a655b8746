"use client";

import { useQuery } from "@tanstack/react-query";
import { browserCollector } from "../../collector/browser-collector";
import { lossQuestion } from "../../collector/questions";
import { LOSS_LEGEND, lossDetail, lossLevel, lossWord } from "../../components/loss/loss-level";
import { LossPair } from "../../components/loss/loss-pair";
import { NodeHeatmap } from "../../components/loss/node-heatmap";
import { useOpenPair } from "../../components/loss/use-open-pair";
import { type PairChoice, PairView } from "./pair-view";

/** What share of payload each pair of nodes loses on a segment; of the chosen pair over time, and whose it was. */
export function LossView({ segment, source, destination, span, onChoose }: PairChoice) {
  const { pair, suggest } = useOpenPair({ source, destination }, segment);
  const answer = useQuery(lossQuestion(browserCollector, { segment, ...pair, span }));
  const { data, isPlaceholderData } = answer;
  const cells = data?.cells.filter((cell) => cell.segment === segment) ?? [];
  if (!isPlaceholderData) suggest(cells, (cell) => cell.payload?.low ?? -1);
  const chosen = cells.find(
    (cell) => cell.sourceNode === pair.source && cell.destinationNode === pair.destination,
  );
  return (
    <PairView
      what="loss"
      // The heatmap stays true while the first pair's series is asked for.
      answer={{ ...answer, isPlaceholderData: isPlaceholderData && data?.series !== null }}
      isEmpty={cells.length === 0}
      isChosen={chosen !== undefined}
    >
      <NodeHeatmap
        cells={cells.map((cell) => ({
          ...cell,
          text: lossWord(cell),
          detail: lossDetail(cell),
          level: lossLevel(cell),
        }))}
        chosen={pair}
        caption="Share of payload bytes lost"
        legend={LOSS_LEGEND}
        onChoose={onChoose}
      />
      {data === undefined || chosen === undefined ? null : (
        <LossPair cell={chosen} series={data.series} worst={data.worst} span={span} />
      )}
    </PairView>
  );
}
