import { PATHS, problemSchema, watchesAnswerSchema, watchRequestSchema, watchSchema } from "@hopline/api";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/**
 * `POST /api/v1/watch` and `GET /api/v1/watch`. Whoever may read may watch: it shows a connection that a reader sees already,
 * at more interfaces, and how many and how long is bounded.
 */
export function watchRoutes(server: ApiServer, { watches }: Pick<RouteParts, "watches">): void {
  server.post(
    PATHS.watch,
    {
      schema: {
        summary:
          "Captures the connections from an address to another's port at every interface, for a while.",
        body: watchRequestSchema,
        response: { 200: watchSchema, "4xx": problemSchema, "5xx": problemSchema },
      },
    },
    (request) => watches.start(request.body),
  );
  server.get(
    PATHS.watch,
    {
      schema: {
        summary: "The watches that last.",
        response: { 200: watchesAnswerSchema, "4xx": problemSchema, "5xx": problemSchema },
      },
    },
    async () => ({ watches: [...(await watches.list())] }),
  );
}
