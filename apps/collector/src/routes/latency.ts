import { latencyAnswerSchema, latencyQuerySchema, PATHS } from "@hopline/api";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /api/v1/latency`: round trips by node pair, hop and segment, and over time and by edge for one of them. */
export function latencyRoute(server: ApiServer, { keeper }: Pick<RouteParts, "keeper">): void {
  server.get(
    PATHS.latency,
    {
      schema: {
        summary:
          "Round trips by node pair, hop and segment, and over time and by edge for the one that is chosen.",
        querystring: latencyQuerySchema,
        response: answerSchemas(latencyAnswerSchema),
      },
    },
    async (request) => keeper.use("latency", (store) => store.latency(request.query)),
  );
}
