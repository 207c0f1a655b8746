import { createLoader } from "nuqs/server";
import { spanParams } from "../../filters/filter-params";

/** The status page only takes the time span, for its summary. */
export const loadStatusPage = createLoader(spanParams);
