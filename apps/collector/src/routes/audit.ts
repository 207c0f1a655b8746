import { auditAnswerSchema, auditQuerySchema, PATHS } from "@hopline/api";
import { auditCompleteness } from "../audit/audit-completeness.js";
import { scopeText } from "../audit/scope-text.js";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /api/v1/audit`: who talked to whom, and how that agrees with policy, with how complete the record is. */
export function auditRoute(
  server: ApiServer,
  { keeper, auditLog }: Pick<RouteParts, "keeper" | "auditLog">,
): void {
  server.get(
    PATHS.audit,
    {
      schema: {
        summary:
          "Workload by workload and port: allowed, denied, unenforced and undetermined connections, in pages.",
        querystring: auditQuerySchema,
        response: answerSchemas(auditAnswerSchema),
      },
    },
    async (request) => {
      const { query } = request;
      const page = await keeper.use("audit", (store) => store.audit(query));
      const record = await keeper.use("audit record", (store) => store.auditRecord(page.range));
      const { from, to } = page.range;
      await auditLog.record(request, {
        action: "view",
        query: [`from=${from}`, `to=${to}`, scopeText(query), `offset=${query.offset}`]
          .filter((text) => text !== "")
          .join("&"),
        rows: page.rows.length,
      });
      return { ...page, rows: [...page.rows], completeness: auditCompleteness(record) };
    },
  );
}
