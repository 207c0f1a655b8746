import { flowsAnswerSchema, flowsQuerySchema, PATHS } from "@hopline/api";
import { answerSchemas } from "../http/answer-schemas.js";
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
        response: answerSchemas(flowsAnswerSchema),
      },
    },
    (request) => keeper.use("flows", (store) => store.flows(request.query)),
  );
}
