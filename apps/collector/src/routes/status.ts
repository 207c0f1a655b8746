import { PATHS, statusSchema } from "@hopline/api";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /api/v1/status`: what works and what does not. Answers whatever is away. */
export function statusRoute(server: ApiServer, { statusReport }: Pick<RouteParts, "statusReport">): void {
  server.get(
    PATHS.status,
    {
      schema: {
        summary: "State of the store, the cluster's watches, the agents and the intake.",
        response: answerSchemas(statusSchema),
      },
    },
    () => statusReport.make(),
  );
}
