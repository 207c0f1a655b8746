import { PATHS } from "@hopline/api";
import { z } from "zod";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

const readySchema = z.object({
  ready: z.boolean(),
  /** What is awaited; one sentence each. */
  waitingFor: z.array(z.string()),
});

/** `GET /healthz`: the process answers. `GET /readyz`: 200 once batches can be named and stored, 503 before. */
export function healthRoutes(server: ApiServer, { statusReport }: Pick<RouteParts, "statusReport">): void {
  server.get(
    PATHS.health,
    { schema: { summary: "The process answers.", response: { 200: z.object({ ok: z.literal(true) }) } } },
    async () => ({ ok: true as const }),
  );
  server.get(
    PATHS.ready,
    {
      schema: {
        summary: "Batches can be named and stored.",
        response: { 200: readySchema, 503: readySchema },
      },
    },
    async (_request, reply) => {
      const waitingFor = statusReport.waitingFor();
      const ready = waitingFor.length === 0;
      return reply.code(ready ? 200 : 503).send({ ready, waitingFor });
    },
  );
}
