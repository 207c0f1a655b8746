import { PATHS, problemSchema } from "@hopline/api";
import { watchOrderSchema } from "@hopline/batch";
import { z } from "zod";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /ingest/v1/orders`: what agents ask for that have no batch to send, whose acknowledgement would carry it. */
export function ordersRoute(server: ApiServer, { watches }: Pick<RouteParts, "watches">): void {
  server.get(
    PATHS.orders,
    {
      schema: {
        summary: "What agents are asked to do now.",
        security: [{ token: [] }],
        response: {
          200: z.object({ orders: z.array(watchOrderSchema) }),
          "4xx": problemSchema,
          "5xx": problemSchema,
        },
      },
    },
    async () => ({ orders: await watches.orders() }),
  );
}
