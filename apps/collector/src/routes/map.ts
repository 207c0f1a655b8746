import { mapAnswerSchema, mapQuerySchema, PATHS } from "@hopline/api";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /api/v1/map`: Who talks to whom: workloads and the edges between them. */
export function mapRoute(server: ApiServer, { keeper }: Pick<RouteParts, "keeper">): void {
  server.get(
    PATHS.map,
    {
      schema: {
        summary: "Who talks to whom: workloads and the edges between them.",
        querystring: mapQuerySchema,
        response: answerSchemas(mapAnswerSchema),
      },
    },
    (request) => keeper.use("map", (store) => store.map(request.query)),
  );
}
