import { createLoader } from "nuqs/server";
import { spanParams } from "../../../filters/filter-params";

/** What the path page's address holds besides the connection. */
export const loadPathPage = createLoader(spanParams);
