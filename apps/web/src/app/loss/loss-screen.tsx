"use client";

import type { LossCell } from "@hopline/api";
import { useQueryStates } from "nuqs";
import { Segmented } from "../../components/controls/segmented";
import { Toolbar } from "../../components/filters/toolbar";
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

/** Between which hops each of them lies. */
const SEGMENT_MEANINGS: Readonly<Record<LossCell["segment"], string>> = {
  "source node": "From the sending pod's interface to its node's uplink.",
  wire: "From the sending node's uplink to the receiving node's: cables, switches, cloud network.",
  "destination node": "From the receiving node's uplink to the receiving pod's interface.",
};

const LEVELS = QUANTILES.map((value) => ({ value, name: value }));

/** The loss page: which pair of nodes loses what on which segment, or what that costs in time; and when. */
export function LossScreen() {
  const time = useFilter();
  const [{ show, segment, quantile, source, destination }, setParams] = useQueryStates(lossParams, {
    history: "push",
  });
  const View = show === "loss" ? LossView : LatencyView;
  return (
    <>
      <Toolbar
        title="Loss and latency"
        time={time}
        below={
          <>
            <Segmented
              label="Segment"
              showLabel
              value={segment}
              options={SEGMENTS}
              onChange={(value) => setParams({ segment: value })}
            />
            <p className="text-2xs text-muted">{SEGMENT_MEANINGS[segment]}</p>
          </>
        }
      >
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
      </Toolbar>
      <View
        segment={segment}
        quantile={quantile}
        source={source}
        destination={destination}
        span={time.span}
        onChoose={(cell) => setParams({ source: cell.sourceNode, destination: cell.destinationNode })}
      />
    </>
  );
}
