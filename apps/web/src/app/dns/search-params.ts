import { dnsSortSchema } from "@hopline/api";
import { createLoader, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { filterParams, spanParams } from "../../filters/filter-params";

/** What the DNS page's address holds besides clients and time span. */
export const dnsParams = {
  sort: parseAsStringLiteral(dnsSortSchema.options).withDefault("failures"),
  /** Part of the name asked for. */
  name: parseAsString.withDefault(""),
  /** Response code; 255 stands for no answer. */
  code: parseAsString.withDefault(""),
};

export const loadDnsPage = createLoader({ ...filterParams, ...spanParams, ...dnsParams });
