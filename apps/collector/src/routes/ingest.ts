import { PATHS } from "@hopline/api";
import { BATCH_CONTENT_TYPE, watchOrderSchema } from "@hopline/batch";
import { z } from "zod";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** A batch of 65,536 rows, the most that one may have, is some 20 MB. */
export const MAX_BATCH_BYTES = 32 * 1024 * 1024;

const receiptSchema = z.object({
  /** Sequence number of the batch. */
  ack: z.number().int(),
  /** The store had it already. */
  duplicate: z.boolean(),
  /** What the agent is asked to do now; missing where that is nothing. */
  orders: z.array(watchOrderSchema).optional(),
});

/** `POST /ingest/v1/batches`: one batch of an agent, acknowledged once ClickHouse has it. */
export function ingestRoute(
  server: ApiServer,
  { intake, admission, metrics, watches }: Pick<RouteParts, "intake" | "admission" | "metrics" | "watches">,
): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    [BATCH_CONTENT_TYPE, "application/octet-stream"],
    { parseAs: "buffer", bodyLimit: MAX_BATCH_BYTES },
    (_request, body, done) => done(null, body),
  );
  server.post(
    PATHS.ingest,
    {
      bodyLimit: MAX_BATCH_BYTES,
      schema: {
        summary: "One batch of an agent: an Arrow IPC stream.",
        security: [{ token: [] }],
        consumes: [BATCH_CONTENT_TYPE],
        response: answerSchemas(receiptSchema),
      },
      // Before the body is read: room for it is what is asked for.
      preParsing: async (request, reply) => {
        const announced = Number(request.headers["content-length"] ?? MAX_BATCH_BYTES);
        const leave = admission.enter(Math.min(announced, MAX_BATCH_BYTES));
        metrics.bytesInFlight.set(admission.usedBytes);
        reply.raw.once("close", () => {
          leave();
          metrics.bytesInFlight.set(admission.usedBytes);
        });
        return undefined;
      },
    },
    async (request) => {
      const receipt = await intake.accept(bodyBytes(request.body));
      const orders = await watches.orders();
      return orders.length === 0 ? receipt : { ...receipt, orders };
    },
  );
}

/** A request without a body has none; that is no batch either. */
function bodyBytes(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array(0);
}
