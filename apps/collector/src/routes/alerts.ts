import { alertsAnswerSchema, alertsQuerySchema, PATHS } from "@hopline/api";
import { answerSchemas } from "../http/answer-schemas.js";
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
        response: answerSchemas(alertsAnswerSchema),
      },
    },
    (request) => keeper.use("alerts", (store) => store.alerts(request.query)),
  );
}
