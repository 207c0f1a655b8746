import { alertsAnswerSchema, alertsQuerySchema, PATHS, problemSchema } from "@hopline/api";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /api/v1/alerts`: what is wrong, and what was. */
export function alertsRoute(server: ApiServer, { keeper }: Pick<RouteParts, "keeper">): void {
  server.get(
    PATHS.alerts,
    {
      schema: {
        summary: "Alerts of a range: firing, pending and resolved, with what was true when they fired.",
        querystring: alertsQuerySchema,
        response: { 200: alertsAnswerSchema, "4xx": problemSchema, "5xx": problemSchema },
      },
    },
    (request) => keeper.use("alerts", (store) => store.alerts(request.query)),
  );
}
