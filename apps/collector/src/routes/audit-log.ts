import { auditLogAnswerSchema, auditLogQuerySchema, PATHS } from "@hopline/api";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /api/v1/audit/log`: who looked at or exported what. Looking here is written down as well. */
export function auditLogRoute(
  server: ApiServer,
  { keeper, auditLog }: Pick<RouteParts, "keeper" | "auditLog">,
): void {
  server.get(
    PATHS.auditLog,
    {
      schema: {
        summary: "Who looked at or exported what, the latest first, in pages.",
        querystring: auditLogQuerySchema,
        response: answerSchemas(auditLogAnswerSchema),
      },
    },
    async (request) => {
      const answer = await keeper.use("audit log", (store) => store.auditLog(request.query));
      const { from, to } = answer.range;
      const { who, action = [], offset } = request.query;
      const filter = [
        ...(who === undefined ? [] : [`who=${who}`]),
        ...action.map((word) => `action=${word}`),
      ];
      await auditLog.record(request, {
        action: "log",
        query: [`from=${from}`, `to=${to}`, ...filter, `offset=${offset}`].join("&"),
        rows: answer.entries.length,
      });
      return answer;
    },
  );
}
