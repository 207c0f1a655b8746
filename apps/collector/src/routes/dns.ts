import { dnsAnswerSchema, dnsQuerySchema, PATHS } from "@hopline/api";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /api/v1/dns`: names asked for, by whom, and how it went. */
export function dnsRoute(server: ApiServer, { keeper }: Pick<RouteParts, "keeper">): void {
  server.get(
    PATHS.dns,
    {
      schema: {
        summary: "DNS names asked for, by whom, with response codes and latency, in pages.",
        querystring: dnsQuerySchema,
        response: answerSchemas(dnsAnswerSchema),
      },
    },
    (request) => keeper.use("dns", (store) => store.dns(request.query)),
  );
}
