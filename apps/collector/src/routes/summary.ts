import { PATHS, summaryQuerySchema, summarySchema } from "@hopline/api";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /api/v1/summary`: A whole range in a dozen numbers. */
export function summaryRoute(server: ApiServer, { keeper }: Pick<RouteParts, "keeper">): void {
  server.get(
    PATHS.summary,
    {
      schema: {
        summary: "A whole range in a dozen numbers.",
        querystring: summaryQuerySchema,
        response: answerSchemas(summarySchema),
      },
    },
    (request) => keeper.use("summary", (store) => store.summary(request.query)),
  );
}
