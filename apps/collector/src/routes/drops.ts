import { dropsAnswerSchema, dropsQuerySchema, PATHS } from "@hopline/api";
import { parseDropPrefix } from "@hopline/policy";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /api/v1/drops`: what was dropped, by whom, and whose it was. */
export function dropsRoute(server: ApiServer, { keeper }: Pick<RouteParts, "keeper">): void {
  server.get(
    PATHS.drops,
    {
      schema: {
        summary: "Packets that somebody says were dropped, the newest first, and over time by policy.",
        querystring: dropsQuerySchema,
        response: answerSchemas(dropsAnswerSchema),
      },
    },
    async (request) => {
      const answer = await keeper.use("drops", (store) => store.drops(request.query));
      return {
        ...answer,
        drops: answer.drops.map((drop) => ({
          ...drop,
          enforcer: drop.group === null ? null : parseDropPrefix(drop.prefix, drop.group).enforcer,
        })),
      };
    },
  );
}
