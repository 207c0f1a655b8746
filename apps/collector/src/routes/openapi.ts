import { PATHS } from "@hopline/api";
import type { ApiServer } from "../http/api-server.js";

/** `GET /api/v1/openapi.json`: what there is, in OpenAPI 3.1. */
export function openapiRoute(server: ApiServer): void {
  server.get(PATHS.openapi, { schema: { hide: true } }, async (_request, reply) =>
    reply.type("application/json; charset=utf-8").send(JSON.stringify(server.swagger())),
  );
}
