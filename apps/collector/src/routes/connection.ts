import { connectionDetailQuerySchema, connectionDetailSchema, connectionIdSchema, PATHS } from "@hopline/api";
import { z } from "zod";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import { connectionNotFound } from "../http/connection-not-found.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /api/v1/connections/:id`: one connection and what each observation point counted of it. */
export function connectionRoute(server: ApiServer, { keeper }: Pick<RouteParts, "keeper">): void {
  server.get(
    `${PATHS.connections}/:id`,
    {
      schema: {
        summary: "One connection and what each observation point counted of it.",
        params: z.object({ id: connectionIdSchema }),
        querystring: connectionDetailQuerySchema,
        response: answerSchemas(connectionDetailSchema),
      },
    },
    async (request) => {
      const { id } = request.params;
      const detail = await keeper.use("connection", (store) => store.connectionDetail(id, request.query));
      if (detail !== null) return detail;
      throw connectionNotFound(id);
    },
  );
}
