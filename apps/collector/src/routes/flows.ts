import { flowsAnswerSchema, flowsQuerySchema, PATHS, problemSchema } from "@hopline/api";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /api/v1/flows`: Connections of a range, filtered, sorted, in pages. */
export function flowsRoute(server: ApiServer, { keeper }: Pick<RouteParts, "keeper">): void {
  server.get(
    PATHS.flows,
    {
      schema: {
        summary: "Connections of a range, filtered, sorted, in pages.",
        querystring: flowsQuerySchema,
        response: { 200: flowsAnswerSchema, "4xx": problemSchema, "5xx": problemSchema },
      },
    },
    (request) => keeper.use("flows", (store) => store.flows(request.query)),
  );
}
