import {
  connectionDetailQuerySchema,
  connectionDetailSchema,
  connectionIdSchema,
  PATHS,
  problemSchema,
} from "@hopline/api";
import { Fault } from "@hopline/fault";
import { z } from "zod";
import type { ApiServer } from "../http/api-server.js";
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
        response: { 200: connectionDetailSchema, "4xx": problemSchema, "5xx": problemSchema },
      },
    },
    async (request) => {
      const { id } = request.params;
      const detail = await keeper.use("connection", (store) => store.connectionDetail(id, request.query));
      if (detail !== null) return detail;
      throw new Fault({
        code: "NOT_FOUND",
        message: `No row of connection ${id} lies in the range asked for.`,
        hint: "Ask for a longer range, or check the id.",
      });
    },
  );
}
