"use client";

import { useQueryStates } from "nuqs";
import { Segmented } from "../../components/controls/segmented";
import { SpanPicker } from "../../components/filters/span-picker";
import { QUANTILES } from "../../components/loss/latency-level";
import { useFilter } from "../../filters/use-filter";
import { LatencyView } from "./latency-view";
import { LossView } from "./loss-view";
import { lossParams } from "./search-params";

const SHOWN = [
  { value: "loss", name: "Loss" },
  { value: "latency", name: "Latency" },
] as const;

const SEGMENTS = [
  { value: "source node", name: "Source node" },
  { value: "wire", name: "Wire" },
  { value: "destination node", name: "Destination node" },
] as const;

const LEVELS = QUANTILES.map((value) => ({ value, name: value }));

/** The loss page: which pair of nodes loses what on which segment, or what that costs in time; and when. */
export function LossScreen() {
  const { span, setSpan } = useFilter();
  const [{ show, segment, quantile, source, destination }, setParams] = useQueryStates(lossParams, {
    history: "push",
  });
  const View = show === "loss" ? LossView : LatencyView;
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center justify-between gap-2 border-b border-line bg-surface px-3 py-2 sm:px-4">
        <h1 className="text-lg font-semibold tracking-tight">Loss and latency</h1>
        <div className="flex flex-wrap items-center gap-2">
          <Segmented
            label="Shown"
            value={show}
            options={SHOWN}
            onChange={(value) => setParams({ show: value })}
          />
          {show === "loss" ? null : (
            <Segmented
              label="Quantile"
              value={quantile}
              options={LEVELS}
              onChange={(value) => setParams({ quantile: value })}
            />
          )}
          <Segmented
            label="Segment"
            value={segment}
            options={SEGMENTS}
            onChange={(value) => setParams({ segment: value })}
          />
          <SpanPicker span={span} onChange={setSpan} />
        </div>
      </div>
      <View
        segment={segment}
        quantile={quantile}
        source={source}
        destination={destination}
        span={span}
        onChoose={(cell) => setParams({ source: cell.sourceNode, destination: cell.destinationNode })}
      />
    </>
  );
}
