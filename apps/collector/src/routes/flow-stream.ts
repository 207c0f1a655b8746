import { flowStreamQuerySchema, PATHS, problemSchema } from "@hopline/api";
import { z } from "zod";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";
import { StreamReader } from "../stream/stream-reader.js";

/** `GET /api/v1/flows/stream`: connections as they begin and move, as server-sent events, each second. */
export function flowStreamRoute(server: ApiServer, { tail }: Pick<RouteParts, "tail">): void {
  server.get(
    PATHS.flowStream,
    {
      schema: {
        summary: "Connections as they begin and move: events `connections` and `status`, each second.",
        produces: ["text/event-stream"],
        querystring: flowStreamQuerySchema,
        response: {
          200: z.string().describe("Server-sent events."),
          "4xx": problemSchema,
          "5xx": problemSchema,
        },
      },
    },
    async (request, reply) => {
      tail.assertOpen();
      reply.hijack();
      const reader = new StreamReader(reply.raw);
      reader.start();
      tail.add(request.query, reader);
    },
  );
}
