import { PATHS, watchesAnswerSchema, watchRequestSchema, watchSchema } from "@hopline/api";
import { answerSchemas } from "../http/answer-schemas.js";
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
        response: answerSchemas(watchSchema),
      },
    },
    (request) => watches.start(request.body),
  );
  server.get(
    PATHS.watch,
    {
      schema: {
        summary: "The watches that last.",
        response: answerSchemas(watchesAnswerSchema),
      },
    },
    async () => ({ watches: [...(await watches.list())] }),
  );
}
