import { edgeSeriesQuerySchema, edgeSeriesSchema, PATHS, problemSchema } from "@hopline/api";
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
        response: { 200: edgeSeriesSchema, "4xx": problemSchema, "5xx": problemSchema },
      },
    },
    (request) => keeper.use("edgeSeries", (store) => store.edgeSeries(request.query)),
  );
}
