import { edgeSeriesQuerySchema, edgeSeriesSchema, PATHS } from "@hopline/api";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /api/v1/map/series`: Rate, connections and handshake times over a range, step by step. */
export function edgeSeriesRoute(server: ApiServer, { keeper }: Pick<RouteParts, "keeper">): void {
  server.get(
    PATHS.edgeSeries,
    {
      schema: {
        summary: "Rate, connections and handshake times over a range, step by step.",
        querystring: edgeSeriesQuerySchema,
        response: answerSchemas(edgeSeriesSchema),
      },
    },
    (request) => keeper.use("edgeSeries", (store) => store.edgeSeries(request.query)),
  );
}
