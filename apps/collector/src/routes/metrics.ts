import { PATHS } from "@hopline/api";
import type { ApiServer } from "../http/api-server.js";
import type { RouteParts } from "../http/route-parts.js";

/** `GET /metrics`: for Prometheus. */
export function metricsRoute(
  server: ApiServer,
  { metrics, statusReport }: Pick<RouteParts, "metrics" | "statusReport">,
): void {
  server.get(PATHS.metrics, { schema: { hide: true } }, async (_request, reply) => {
    statusReport.measure();
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}
