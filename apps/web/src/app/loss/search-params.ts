import { segmentKindSchema } from "@hopline/api";
import { createLoader, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { spanParams } from "../../filters/filter-params";

/** What the loss page's address holds besides the time span: the segment, and the pair of nodes that is opened. */
export const lossParams = {
  segment: parseAsStringLiteral(segmentKindSchema.options).withDefault("wire"),
  source: parseAsString,
  destination: parseAsString,
};

export const loadLossPage = createLoader({ ...spanParams, ...lossParams });
