import { segmentKindSchema } from "@hopline/api";
import { createLoader, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { QUANTILES } from "../../components/loss/latency-level";
import { spanParams } from "../../filters/filter-params";

/** What the loss page's address holds besides the time span: what is shown of which segment, and the pair of nodes that is opened. */
export const lossParams = {
  show: parseAsStringLiteral(["loss", "latency"]).withDefault("loss"),
  segment: parseAsStringLiteral(segmentKindSchema.options).withDefault("wire"),
  /** Of latency, in the heatmap. */
  quantile: parseAsStringLiteral(QUANTILES).withDefault("p95"),
  source: parseAsString,
  destination: parseAsString,
};

export const loadLossPage = createLoader({ ...spanParams, ...lossParams });
