import { connectionIdSchema, connectionPathQuerySchema, connectionPathSchema, PATHS } from "@hopline/api";
import { z } from "zod";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import { connectionNotFound } from "../http/connection-not-found.js";
import type { RouteParts } from "../http/route-parts.js";
import { dropEvidence } from "../path/drop-evidence.js";
import { pathAnswer } from "../path/path-answer.js";
import { placeEvidence } from "../path/place-evidence.js";

/** `GET /api/v1/path/:id`: the hops of one connection in order, what its segments lose and cost, and where it breaks. */
export function pathRoute(server: ApiServer, { keeper }: Pick<RouteParts, "keeper">): void {
  server.get(
    `${PATHS.path}/:id`,
    {
      schema: {
        summary: "The hops of one connection in order, what its segments lose and cost, and where it breaks.",
        params: z.object({ id: connectionIdSchema }),
        querystring: connectionPathQuerySchema,
        response: answerSchemas(connectionPathSchema),
      },
    },
    async (request) => {
      const { id } = request.params;
      const windows = await keeper.use("path", (store) => store.connectionWindows(id, request.query));
      if (windows !== null) {
        const drops = await keeper.use("path_drops", (store) => dropEvidence(store, id, windows.range));
        return pathAnswer(windows, drops, async (connection, path) => {
          const place = await keeper.use("path_evidence", (store) => placeEvidence(store, connection, path));
          // That nothing else is left but a rule is no news where the rule is known.
          return place.filter((one) => drops.length === 0 || one.kind !== "place-in-order");
        });
      }
      throw connectionNotFound(id);
    },
  );
}
