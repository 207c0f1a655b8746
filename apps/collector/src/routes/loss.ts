import { lossAnswerSchema, lossQuerySchema, PATHS } from "@hopline/api";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";
import { lossAnswer } from "../path/loss-answer.js";

/** `GET /api/v1/loss`: loss by node pair and segment, and over time for one of them. */
export function lossRoute(server: ApiServer, { keeper }: Pick<RouteParts, "keeper">): void {
  server.get(
    PATHS.loss,
    {
      schema: {
        summary: "Loss by node pair and segment, and over time for the one that is chosen.",
        querystring: lossQuerySchema,
        response: answerSchemas(lossAnswerSchema),
      },
    },
    async (request) => lossAnswer(await keeper.use("loss", (store) => store.lossVolumes(request.query))),
  );
}
