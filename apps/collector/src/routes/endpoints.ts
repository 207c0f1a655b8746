import { endpointsAnswerSchema, endpointsQuerySchema, PATHS } from "@hopline/api";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /api/v1/endpoints`: Who had which address at a time. */
export function endpointsRoute(server: ApiServer, { keeper }: Pick<RouteParts, "keeper">): void {
  server.get(
    PATHS.endpoints,
    {
      schema: {
        summary: "Who had which address at a time.",
        querystring: endpointsQuerySchema,
        response: answerSchemas(endpointsAnswerSchema),
      },
    },
    (request) => keeper.use("endpoints", (store) => store.endpointsHistory(request.query)),
  );
}
