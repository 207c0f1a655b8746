import { PATHS, problemSchema, statusSchema } from "@hopline/api";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /api/v1/status`: what works and what does not. Answers whatever is away. */
export function statusRoute(server: ApiServer, { statusReport }: Pick<RouteParts, "statusReport">): void {
  server.get(
    PATHS.status,
    {
      schema: {
        summary: "State of the store, the cluster's watches, the agents and the intake.",
        response: { 200: statusSchema, "4xx": problemSchema, "5xx": problemSchema },
      },
    },
    () => statusReport.make(),
  );
}
