import { auditExportQuerySchema, PATHS } from "@hopline/api";
import { z } from "zod";
import { scopeText } from "../audit/scope-text.js";
import { answerSchemas } from "../http/answer-schemas.js";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /api/v1/audit/export`: all rows of an audit as a file, or all files in one archive with their sums. */
export function auditExportRoute(
  server: ApiServer,
  { auditExport, auditLog }: Pick<RouteParts, "auditExport" | "auditLog">,
): void {
  server.get(
    PATHS.auditExport,
    {
      schema: {
        summary:
          "An audit as CSV, JSON lines, Parquet, a report to print, or all of them in a tar with SHA-256 sums.",
        querystring: auditExportQuerySchema,
        response: answerSchemas(z.instanceof(Buffer)),
      },
    },
    async (request, reply) => {
      const { query } = request;
      const file = await auditExport.make(query, auditLog.actorOf(request));
      const { from, to } = file.range;
      await auditLog.record(request, {
        action: "export",
        query: [`format=${query.format}`, `from=${from}`, `to=${to}`, scopeText(query)]
          .filter((text) => text !== "")
          .join("&"),
        rows: file.rows,
        bytes: file.content.length,
        detail: `sha256 ${file.sha256}`,
      });
      // A report is looked at in the browser and printed from there.
      const disposition = query.format === "html" ? "inline" : "attachment";
      return reply
        .header("content-type", file.type)
        .header("content-disposition", `${disposition}; filename="${file.name}"`)
        .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")
        .header("cache-control", "no-store")
        .send(file.content);
    },
  );
}
